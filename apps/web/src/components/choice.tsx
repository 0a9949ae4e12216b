"use client";
import { RadioGroup } from "radix-ui";
import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

/** Radio cards: one of a few things, each with a sentence about it. */
export function Choice<Value extends string>({ label, value, onChange, options }: ChoiceProps<Value>) {
  return (
    <RadioGroup.Root
      aria-label={label}
      value={value}
      onValueChange={(next) => {
        const found = options.find((option) => option.value === next);
        if (found) onChange(found.value);
      }}
      className="grid gap-2 sm:grid-cols-2"
    >
      {options.map((option) => (
        <RadioGroup.Item
          key={option.value}
          value={option.value}
          disabled={option.disabled}
          className={classNames(
            "flex items-start gap-3 rounded-lg border px-3.5 py-3 text-left hover:border-line-strong",
            "data-[state=checked]:border-accent data-[state=checked]:bg-accent-ground/60 disabled:cursor-not-allowed disabled:opacity-55",
          )}
        >
          <span className="mt-1 grid size-3.5 shrink-0 place-items-center rounded-full border border-line-strong">
            <RadioGroup.Indicator className="size-2 rounded-full bg-accent" />
          </span>
          <span className="min-w-0">
            <span className="block font-medium">{option.title}</span>
            <span className="block text-sm text-muted">{option.detail}</span>
          </span>
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}

interface ChoiceProps<Value extends string> {
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  options: readonly { value: Value; title: string; detail: ReactNode; disabled?: boolean }[];
}
