import { classNames } from "./class-names.ts";

/** How many of the needed approvals are there, as bars and in words. */
export function ProgressBars({ have, need }: { have: number; need: number }) {
  const bars = Math.min(Math.max(need, 1), 8);
  return (
    <span className="inline-flex items-center gap-2 text-sm text-muted">
      <span className="inline-flex gap-1" aria-hidden="true">
        {Array.from({ length: bars }, (_, bar) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
          <span key={bar} className={classNames("h-1.5 w-5 rounded-full", bar < have ? "bg-accent" : "bg-line")} />
        ))}
      </span>
      <span className="tabular">
        {have} of {need}
      </span>
    </span>
  );
}
