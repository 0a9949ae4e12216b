"use client";
import { useMemo, useState } from "react";
import { textError } from "@/browser/propose/text-error.ts";
import { Button } from "@/components/button.tsx";
import { Dialog } from "@/components/dialog.tsx";
import { TextField } from "@/components/field.tsx";
import { useDrafts } from "@/features/approvals/use-proposal.ts";
import { aliasError, LONGEST_LABEL, LONGEST_REASON, labelError } from "./key-form.ts";
import { renameRequest } from "./key-request.ts";
import type { KeyRecord } from "./key-row.ts";
import { ReviewAction, useAlreadyOpen } from "./review-action.tsx";

/** Asks for a key's new name, then shows the exact request. */
export function RenameDialog({ record, onClose }: { record: KeyRecord; onClose: () => void }) {
  const [label, setLabel] = useState(record.label);
  const [alias, setAlias] = useState(record.alias ?? "");
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const [reviewing, setReviewing] = useState(false);
  const waits = useAlreadyOpen("key.label", record.id);
  const requests = useMemo(
    () => (reviewing ? [renameRequest(record, label, alias)] : []),
    [reviewing, record, label, alias],
  );
  const drafts = useDrafts(requests, reason.trim());
  const errors = {
    label:
      label.trim() === record.label && alias.trim() === (record.alias ?? "")
        ? "Nothing would change: give another name or another alias."
        : labelError(label),
    alias: alias.trim() === "" ? null : aliasError(alias.trim()),
    reason: textError(reason, LONGEST_REASON),
  };
  return (
    <Dialog open onOpenChange={(open) => (open ? null : onClose())} title={`Rename ${record.label}`}>
      {reviewing ? (
        <ReviewAction record={record} drafts={drafts} action="Propose: rename" onClose={onClose} />
      ) : (
        (waits ?? (
          <form
            className="space-y-4"
            onSubmit={(event) => {
              event.preventDefault();
              setTried(true);
              if (!errors.label && !errors.alias && !errors.reason) setReviewing(true);
            }}
          >
            <p>
              The name is what people call it; the alias is what applications find it by. Its id and who may use it
              stay, and the log keeps what was before.
            </p>
            <TextField
              label="New name"
              autoComplete="off"
              maxLength={LONGEST_LABEL}
              error={tried ? errors.label : null}
              value={label}
              onChange={(event) => setLabel(event.target.value)}
            />
            <TextField
              label="Alias (optional)"
              hint={
                alias.trim() === (record.alias ?? "")
                  ? "Applications may say this instead of the key's id."
                  : "Applications that say the old alias do not find this key any more."
              }
              autoComplete="off"
              placeholder="alias/orders"
              error={tried ? errors.alias : null}
              value={alias}
              onChange={(event) => setAlias(event.target.value)}
            />
            <TextField
              label="Why (optional)"
              hint="Signed with the request, and on record for ever."
              maxLength={LONGEST_REASON}
              error={tried ? errors.reason : null}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
            <Button type="submit" tone="primary">
              Show the exact request
            </Button>
          </form>
        ))
      )}
    </Dialog>
  );
}
