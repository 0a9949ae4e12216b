"use client";
import { CheckField, SelectField, TextField } from "@/components/field.tsx";
import { type ClientForm, OPERATIONS } from "./client-form.ts";

const ABOUT = [
  ["own", "the keys it makes or brings itself"],
  ["group", "every key of a group"],
] as const;

/** What a client may do, and with which keys. */
export function GrantFields({ form, set, errors }: GrantFieldsProps) {
  return (
    <div className="space-y-5 p-4">
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField
          label="With"
          options={ABOUT}
          hint={form.keys === "own" ? "It never learns that other keys exist." : undefined}
          value={form.keys}
          onChange={(event) => set({ keys: event.target.value === "own" ? "own" : "group" })}
        />
        {form.keys === "group" ? (
          <TextField
            label="Key group"
            mono
            autoComplete="off"
            hint="It may use every key of this group, also later ones."
            error={errors?.group ?? null}
            value={form.group}
            onChange={(event) => set({ group: event.target.value })}
          />
        ) : null}
      </div>
      <OperationFields ops={form.ops} onChange={(ops) => set({ ops })} tried={errors !== null} />
    </div>
  );
}

/** The operations themselves, by what they are about. */
export function OperationFields({ ops: chosen, onChange, tried }: OperationFieldsProps) {
  return (
    <>
      <div className="grid gap-x-6 gap-y-5 sm:grid-cols-2 lg:grid-cols-3">
        {OPERATIONS.map(({ title, ops }) => (
          <fieldset key={title} className="grid content-start gap-2">
            <legend className="mb-1.5 font-medium">{title}</legend>
            {ops.map(([op, text]) => (
              <CheckField
                key={op}
                label={text}
                checked={chosen.includes(op)}
                onChange={({ target }) =>
                  onChange(target.checked ? [...chosen, op] : chosen.filter((each) => each !== op))
                }
              />
            ))}
          </fieldset>
        ))}
      </div>
      {tried && chosen.length === 0 ? <p className="text-sm text-danger">Choose at least one.</p> : null}
    </>
  );
}

interface OperationFieldsProps {
  ops: ClientForm["ops"];
  onChange: (ops: ClientForm["ops"]) => void;
  /** Whether somebody tried to go on. */
  tried: boolean;
}

interface GrantFieldsProps {
  form: ClientForm;
  set: (change: Partial<ClientForm>) => void;
  /** Null until somebody tried to go on. */
  errors: { readonly group: string | null } | null;
}
