"use client";
import { SelectField } from "@/components/field.tsx";
import { useNow } from "@/components/moment.tsx";
import { showDate } from "@/components/time-text.ts";
import { type KeyForm, PERIODS, periodsError } from "./key-form.ts";
import { advisedFor, originatorOptions, recipientOptions } from "./key-form-periods.ts";
import { makesPair } from "./key-purposes.ts";

/** Asks for how long a key is used: what reminds, and what ends by itself, each with the day it means. */
export function KeyPeriodFields({ form, onChange }: PeriodFieldsProps) {
  const now = useNow(60_000);
  const pair = makesPair(form.algorithm);
  const advised = advisedFor(form);
  const until = (seconds: string) => showDate(now + Number(seconds), "long");
  const { originator, recipient } = form;
  const error = periodsError(form);
  return (
    <div className="grid gap-4 p-4 sm:grid-cols-2">
      <SelectField
        label="Cryptoperiod: reminds"
        hint={
          pair
            ? "How long the pair is used for what is new. You are told before it ends; then you make another pair. Nothing stops."
            : "How long one version protects new data. You are told before it ends. Nothing stops."
        }
        error={error}
        value={form.period}
        onChange={({ target }) => onChange({ period: target.value })}
        options={PERIODS}
      />
      {advised === null ? null : (
        <p className="self-center text-sm text-muted">
          NIST SP 800-57 knows it as a {advised.keyType}. Rules that demand an end take the two periods here; otherwise
          leave them.
        </p>
      )}
      <SelectField
        label="Protects: ends by itself"
        hint={
          originator === ""
            ? "No end: it protects until it is rotated or retired."
            : `The first version protects until ${until(originator)}. Then whoever encrypts or signs with it is refused until it is rotated: set a schedule beside it.`
        }
        value={originator}
        onChange={({ target }) =>
          onChange({
            ...{ originator: target.value, recipient: kept(recipient, target.value) },
            period: remindedBefore(form.period, target.value),
          })
        }
        options={originatorOptions(advised)}
      />
      <SelectField
        label="Opens: ends by itself"
        hint={
          originator === ""
            ? "It needs an end of protecting first: the one contains the other."
            : recipient === ""
              ? "No end: what it protected opens until it is retired and destroyed."
              : `What the first version protected opens until ${until(recipient)}, and never after that.`
        }
        value={recipient}
        disabled={originator === ""}
        onChange={({ target }) => onChange({ recipient: target.value })}
        options={recipientOptions(advised, originator)}
      />
    </div>
  );
}

interface PeriodFieldsProps {
  form: KeyForm;
  onChange: (change: Partial<KeyForm>) => void;
}

/** The longest reminder that comes no later than the end; the one that is chosen where it does. */
function remindedBefore(period: string, originator: string): string {
  if (originator === "" || period === "" || Number(period) <= Number(originator)) return period;
  return PERIODS.findLast(([seconds]) => seconds !== "" && Number(seconds) <= Number(originator))?.[0] ?? "";
}

/** A recipient-usage period that the other one still allows. */
function kept(recipient: string, originator: string): string {
  return originator === "" || Number(recipient) < Number(originator) ? "" : recipient;
}
