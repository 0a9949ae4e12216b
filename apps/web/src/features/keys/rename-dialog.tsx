"use client";
import { useMemo, useState } from "react";
import { Dialog } from "@/components/dialog.tsx";
import { TextField } from "@/components/field.tsx";
import { AskForm, useAsking } from "@/features/approvals/asking.tsx";
import { useDrafts } from "@/features/approvals/use-proposal.ts";
import { aliasError, LONGEST_LABEL, labelError } from "./key-form.ts";
import { renameRequest } from "./key-request.ts";
import type { KeyRecord } from "./key-row.ts";
import { ReviewAction, useAlreadyOpen } from "./review-action.tsx";

/** Asks for a key's new name, then shows the exact request. */
export function RenameDialog({ record, onClose }: { record: KeyRecord; onClose: () => void }) {
  const [label, setLabel] = useState(record.label);
  const [alias, setAlias] = useState(record.alias ?? "");
  const asking = useAsking();
  const { tried } = asking;
  const waits = useAlreadyOpen("key.label", record.id);
  const requests = useMemo(
    () => (asking.asked ? [renameRequest(record, label, alias)] : []),
    [asking.asked, record, label, alias],
  );
  const drafts = useDrafts(requests, asking.reason);
  const errors = {
    label:
      label.trim() === record.label && alias.trim() === (record.alias ?? "")
        ? "Nothing would change: give another name or another alias."
        : labelError(label),
    alias: alias.trim() === "" ? null : aliasError(alias.trim()),
  };
  return (
    <Dialog open onOpenChange={(open) => (open ? null : onClose())} title={`Rename ${record.label}`}>
      {asking.asked ? (
        <ReviewAction record={record} drafts={drafts} action="Propose: rename" onClose={onClose} />
      ) : (
        (waits ?? (
          <AskForm asking={asking} ready={!errors.label && !errors.alias}>
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
          </AskForm>
        ))
      )}
    </Dialog>
  );
}
