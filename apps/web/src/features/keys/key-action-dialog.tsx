"use client";
import { Check, X } from "lucide-react";
import { useMemo, useState } from "react";
import { Dialog } from "@/components/dialog.tsx";
import { TextField } from "@/components/field.tsx";
import { Age, useNow } from "@/components/moment.tsx";
import { showCount } from "@/components/number-text.ts";
import { AskForm, useAsking } from "@/features/approvals/asking.tsx";
import { useDrafts } from "@/features/approvals/use-proposal.ts";
import { type KeyAction, needsTypedName, RECENT_SECONDS } from "./act-consequences.ts";
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
  const asking = useAsking();
  const [typed, setTyped] = useState("");
  const users = record.clients.filter(
    (client) => client.lastUsedAt !== null && client.lastUsedAt > now - RECENT_SECONDS,
  );
  const needsName = needsTypedName(action, record.lastUsedAt, now);
  const requests = useMemo(() => (asking.asked ? [keyRequest(action, record)] : []), [asking.asked, action, record]);
  const drafts = useDrafts(requests, asking.reason);
  const waits = useAlreadyOpen(action.act, record.id);
  return (
    <Dialog open onOpenChange={(open) => (open ? null : onClose())} title={`${action.title} ${record.label}`}>
      {asking.asked ? (
        <ReviewAction
          record={record}
          drafts={drafts}
          action={`Propose: ${action.title.toLowerCase()}`}
          danger={action.danger}
          onClose={onClose}
        />
      ) : (
        (waits ?? (
          <AskForm
            asking={asking}
            ready
            confirmed={!needsName || typed.trim() === record.label}
            danger={action.danger}
            confirm={
              needsName ? (
                <TextField
                  label={`Type ${record.label} to go on`}
                  autoComplete="off"
                  value={typed}
                  onChange={(event) => setTyped(event.target.value)}
                />
              ) : null
            }
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
          </AskForm>
        ))
      )}
    </Dialog>
  );
}
