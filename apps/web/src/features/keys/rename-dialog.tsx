"use client";
import { useState } from "react";
import { TextField } from "@/components/field.tsx";
import { useAsking } from "@/features/approvals/asking.tsx";
import { aliasError, keyNameError, LONGEST_LABEL } from "./key-form.ts";
import { renameRequest } from "./key-request.ts";
import { KeyRequestDialog } from "./key-request-dialog.tsx";
import type { KeyRecord } from "./key-row.ts";

/** Asks for a key's new name, then shows the exact request. */
export function RenameDialog({ record, onClose }: { record: KeyRecord; onClose: () => void }) {
  const [label, setLabel] = useState(record.label);
  const [alias, setAlias] = useState(record.alias ?? "");
  const asking = useAsking();
  const { tried } = asking;
  const errors = {
    label:
      label.trim() === record.label && alias.trim() === (record.alias ?? "")
        ? "Nothing would change: give another name or another alias."
        : label.trim() === record.label
          ? null
          : keyNameError(label),
    alias: alias.trim() === "" ? null : aliasError(alias.trim()),
  };
  return (
    <KeyRequestDialog
      record={record}
      act="key.label"
      title={`Rename ${record.label}`}
      action="Propose: rename"
      request={() => renameRequest(record, label, alias)}
      onClose={onClose}
      asking={asking}
      ready={!errors.label && !errors.alias}
    >
      <p>
        The name is what people call it; the alias is what applications find it by. Its id and who may use it stay, and
        the log keeps what was before.
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
    </KeyRequestDialog>
  );
}
