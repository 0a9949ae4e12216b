import { Check } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

export type StepState = "done" | "now" | "next";

/** One step of a guided flow; only the current one is open. */
export function Step({ number, title, state, summary, children }: StepProps) {
  return (
    <li className="relative flex gap-4 pb-6 last:pb-0" aria-current={state === "now" ? "step" : undefined}>
      <span className="absolute bottom-0 left-[13px] top-8 w-px bg-line [li:last-child>&]:hidden" aria-hidden="true" />
      <span
        className={classNames(
          "z-10 grid size-7 shrink-0 place-items-center rounded-full border text-sm font-medium tabular",
          state === "done" && "border-transparent bg-good-ground text-good-ink",
          state === "now" && "border-accent bg-panel text-accent",
          state === "next" && "bg-panel text-muted",
        )}
      >
        {state === "done" ? <Check size={14} aria-label="done" /> : number}
      </span>
      <div className="min-w-0 flex-1 pt-1">
        <h2 className={classNames("font-semibold", state === "next" && "text-muted")}>{title}</h2>
        {state === "done" && summary ? <div className="mt-0.5 text-muted">{summary}</div> : null}
        {state === "now" ? <div className="appear mt-3 space-y-4">{children}</div> : null}
      </div>
    </li>
  );
}

interface StepProps {
  number: number;
  title: string;
  state: StepState;
  summary?: ReactNode;
  children?: ReactNode;
}
