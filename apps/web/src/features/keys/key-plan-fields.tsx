"use client";
import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { SelectField, TextField } from "@/components/field.tsx";
import type { KeyForm } from "./key-form.ts";
import { LIMIT_UNITS, type planError, planOf, timeOf, utcText } from "./key-form-plan.ts";

type Planned = "activation" | "protectStop" | "deactivation";

const DATES: readonly {
  readonly name: Planned;
  readonly label: string;
  readonly none: string;
  readonly set: string;
}[] = [
  { name: "activation", label: "Begins", none: "At once.", set: "It does nothing before" },
  {
    name: "protectStop",
    label: "Stops protecting",
    none: "No day. What it protected opens after it, too.",
    set: "It protects nothing new from",
  },
  {
    name: "deactivation",
    label: "Is retired",
    none: "When you say so.",
    set: "Its use for what is new ends by itself on",
  },
];

/** Asks, folded away, at which times a key begins and ends by itself, and how much it protects in all. */
export function KeyPlanFields({ form, errors, onChange }: PlanFieldsProps) {
  const wrong = errors !== null && Object.values(errors).some((error) => error !== null);
  const [open, setOpen] = useState(false);
  const planned = Object.keys(planOf(form)).length;
  return (
    <details
      open={open || wrong}
      onToggle={(event) => setOpen(event.currentTarget.open)}
      className="group rounded-[10px] border bg-panel"
    >
      <summary className="flex min-h-[44px] list-none flex-wrap items-center gap-x-2.5 gap-y-1 rounded-[10px] px-4 py-2 hover:bg-hover [&::-webkit-details-marker]:hidden">
        <ChevronRight size={15} className="shrink-0 text-muted group-open:rotate-90" />
        <h2 className="font-semibold">Dates and limits</h2>
        <span className="min-w-0 text-sm text-muted">
          {planned === 0 ? "optional: it begins at once and ends when you say so" : `${planned} set`}
        </span>
      </summary>
      <div className="grid gap-4 border-t p-4 sm:grid-cols-2">
        {DATES.map(({ name, label, none, set }) => (
          <TextField
            key={name}
            type="datetime-local"
            label={label}
            hint={hintOf(form[name], none, set)}
            error={errors?.[name] ?? null}
            value={form[name]}
            onChange={(event) => onChange({ [name]: event.target.value })}
          />
        ))}
        <div className="grid grid-cols-[1fr_8rem] gap-x-2">
          <TextField
            label="Protects at most"
            hint="In all; a rotation does not begin anew."
            error={errors?.limit ?? null}
            value={form.limit}
            inputMode="numeric"
            autoComplete="off"
            placeholder="no limit"
            onChange={(event) => onChange({ limit: event.target.value })}
          />
          <SelectField
            label="Counted in"
            value={form.limitUnit}
            onChange={({ target }) => onChange({ limitUnit: target.value === "byte" ? "byte" : "object" })}
            options={LIMIT_UNITS}
          />
        </div>
      </div>
    </details>
  );
}

interface PlanFieldsProps {
  form: KeyForm;
  /** Null until the form was tried. */
  errors: ReturnType<typeof planError> | null;
  onChange: (change: Partial<KeyForm>) => void;
}

/** The field takes this device's time; administrators read the same in UTC. */
function hintOf(text: string, none: string, set: string): string {
  const at = timeOf(text);
  return at === null ? none : `${set} ${utcText(at)}.`;
}
