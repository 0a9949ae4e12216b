"use client";
import type { BackupDestination } from "@holdfast/protocol";
import { useState } from "react";
import { Button } from "@/components/button.tsx";
import { Choice } from "@/components/choice.tsx";
import { TextField } from "@/components/field.tsx";
import { PLACE_FIELDS, PLACE_KINDS, type PlaceForm, type PlaceKind, readPlace } from "./policy-form.ts";

/** Asks what a destination is and where. */
export function AddDestination({ taken, onAdd }: { taken: readonly string[]; onAdd: (to: BackupDestination) => void }) {
  const [kind, setKind] = useState<PlaceKind>("directory");
  const [form, setForm] = useState<PlaceForm>({});
  const [tried, setTried] = useState(false);
  const read = readPlace(kind, form, taken);
  const errors = tried ? (read.errors ?? {}) : {};
  return (
    <fieldset className="space-y-3 rounded-lg border px-4 py-3.5">
      <legend className="px-1 font-medium">A destination</legend>
      <Choice
        label="Kind of destination"
        value={kind}
        onChange={(next) => {
          setKind(next);
          setTried(false);
        }}
        options={PLACE_KINDS}
      />
      <div className="grid gap-3 sm:grid-cols-2">
        {PLACE_FIELDS[kind].map(({ name, label, hint, placeholder }) => (
          <TextField
            key={`${kind}-${name}`}
            label={label}
            hint={hint}
            placeholder={placeholder}
            autoComplete="off"
            spellCheck={false}
            mono
            error={errors[name] ?? null}
            value={form[name] ?? ""}
            onChange={(event) => setForm({ ...form, [name]: event.target.value })}
          />
        ))}
      </div>
      <Button
        onClick={() => {
          setTried(true);
          if (read.place === undefined) return;
          onAdd(read.place);
          setForm({});
          setTried(false);
        }}
      >
        Add this destination
      </Button>
    </fieldset>
  );
}
