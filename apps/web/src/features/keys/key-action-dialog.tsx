"use client";
import { Check, X } from "lucide-react";
import { useMemo, useState } from "react";
import { textError } from "@/browser/propose/text-error.ts";
import { Button } from "@/components/button.tsx";
import { Dialog } from "@/components/dialog.tsx";
import { TextField } from "@/components/field.tsx";
import { Age, useNow } from "@/components/moment.tsx";
import { showCount } from "@/components/number-text.ts";
import { useDrafts } from "@/features/approvals/use-proposal.ts";
import { type KeyAction, needsTypedName, RECENT_SECONDS } from "./act-consequences.ts";
import { LONGEST_REASON } from "./key-form.ts";
import { keyRequest } from "./key-request.ts";
import type { KeyRecord } from "./key-row.ts";
import { ReviewAction, useAlreadyOpen } from "./review-action.tsx";

/** Says what will and will not still work and who uses the key, then shows the exact command. */
export function KeyActionDialog({
  action,
  record,
  onClose,
}: {
  action: KeyAction;
  record: KeyRecord;
  onClose: () => void;
}) {
  const now = useNow();
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const [tried, setTried] = useState(false);
  const [reviewing, setReviewing] = useState(false);
  const users = record.clients.filter(
    (client) => client.lastUsedAt !== null && client.lastUsedAt > now - RECENT_SECONDS,
  );
  const needsName = needsTypedName(action, record.lastUsedAt, now);
  const requests = useMemo(() => (reviewing ? [keyRequest(action, record)] : []), [reviewing, action, record]);
  const drafts = useDrafts(requests, reason.trim());
  const waits = useAlreadyOpen(action.act, record.id);
  const reasonError = textError(reason, LONGEST_REASON);
  const ready = !needsName || typed.trim() === record.label;
  return (
    <Dialog open onOpenChange={(open) => (open ? null : onClose())} title={`${action.title} ${record.label}`}>
      {reviewing ? (
        <ReviewAction
          record={record}
          drafts={drafts}
          action={`Propose: ${action.title.toLowerCase()}`}
          danger={action.danger}
          onClose={onClose}
        />
      ) : (
        (waits ?? (
          <form
            className="space-y-4"
            onSubmit={(event) => {
              event.preventDefault();
              setTried(true);
              if (ready && !reasonError) setReviewing(true);
            }}
          >
            <ul className="space-y-1.5">
              {action.works.map((line) => (
                <li key={line} className="flex gap-2.5">
                  <Check size={15} className="mt-0.5 shrink-0 text-good" aria-label="Still works:" /> {line}
                </li>
              ))}
              {action.stops.map((line) => (
                <li key={line} className="flex gap-2.5">
                  <X size={15} className="mt-0.5 shrink-0 text-danger" aria-label="Stops:" /> {line}
                </li>
              ))}
            </ul>
            {action.typeName === "never" ? null : (
              <div className="rounded-lg bg-quiet px-4 py-2.5">
                <p className="font-medium">
                  {users.length
                    ? `${showCount(users.length, "client")} used it in the last 30 days`
                    : "Nobody used it in the last 30 days"}
                </p>
                {users.map((client) => (
                  <p key={client.id} className="flex justify-between gap-4 text-muted">
                    <span className="truncate">{client.label}</span>
                    <span className="shrink-0">
                      {showCount(client.count30d, "use")}
                      {client.lastUsedAt === null ? null : (
                        <>
                          , last <Age at={client.lastUsedAt} />
                        </>
                      )}
                    </span>
                  </p>
                ))}
              </div>
            )}
            <TextField
              label="Why (optional)"
              hint="Signed with the request, and on record for ever."
              maxLength={LONGEST_REASON}
              error={tried ? reasonError : null}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
            {needsName ? (
              <TextField
                label={`Type ${record.label} to go on`}
                autoComplete="off"
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
              />
            ) : null}
            <Button type="submit" tone={action.danger ? "danger" : "primary"} disabled={!ready}>
              Show the exact request
            </Button>
          </form>
        ))
      )}
    </Dialog>
  );
}
