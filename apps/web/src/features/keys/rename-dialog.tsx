"use client";
import { useMemo, useState } from "react";
import { textError } from "@/browser/propose/text-error.ts";
import { Button } from "@/components/button.tsx";
import { Dialog } from "@/components/dialog.tsx";
import { TextField } from "@/components/field.tsx";
import { useDrafts } from "@/features/approvals/use-proposal.ts";
import { LONGEST_LABEL, LONGEST_REASON, labelError } from "./key-form.ts";
import { renameRequest } from "./key-request.ts";
import type { KeyRecord } from "./key-row.ts";
import { ReviewAction, useAlreadyOpen } from "./review-action.tsx";

/** Asks for a key's new name, then shows the exact request. */
export function RenameDialog({ record, onClose }: { record: KeyRecord; onClose: () => void }) {
  const [label, setLabel] = useState(record.label);
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const [reviewing, setReviewing] = useState(false);
  const waits = useAlreadyOpen("key.label", record.id);
  const requests = useMemo(() => (reviewing ? [renameRequest(record, label)] : []), [reviewing, record, label]);
  const drafts = useDrafts(requests, reason.trim());
  const errors = {
    label: label.trim() === record.label ? "It has this name already." : labelError(label),
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
              if (!errors.label && !errors.reason) setReviewing(true);
            }}
          >
            <p>
              Only what people call it changes. Its id, its alias and who may use it stay; the log keeps the old name.
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
