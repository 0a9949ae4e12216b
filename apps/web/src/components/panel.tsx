import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

/** A surface with a hairline; the unit every page is made of. */
export function Panel({ title, hint, action, children, className, label }: PanelProps) {
  return (
    <section
      aria-label={label ?? (typeof title === "string" ? title : undefined)}
      className={classNames("flex min-w-0 flex-col overflow-hidden rounded-[10px] border bg-panel", className)}
    >
      {title ? (
        <header className="flex min-h-[44px] flex-wrap items-center gap-x-2.5 gap-y-1 border-b px-4 py-2">
          <h2 className="font-semibold">{title}</h2>
          {hint ? <span className="min-w-0 text-sm text-muted">{hint}</span> : null}
          {action ? <span className="ml-auto text-sm">{action}</span> : null}
        </header>
      ) : null}
      {children}
    </section>
  );
}

interface PanelProps {
  title?: ReactNode;
  hint?: ReactNode;
  action?: ReactNode;
  children: ReactNode;
  className?: string;
  label?: string;
}

/** Rows of facts: the name on the left, what is so on the right. */
export function Facts({ rows }: { rows: readonly (readonly [string, ReactNode] | null)[] }) {
  return (
    <dl className="divide-y">
      {rows.map((row) =>
        row ? (
          <div key={row[0]} className="grid gap-x-4 gap-y-0.5 px-4 py-2.5 sm:grid-cols-[11rem_1fr]">
            <dt className="text-muted">{row[0]}</dt>
            <dd className="min-w-0 break-words">{row[1]}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}
