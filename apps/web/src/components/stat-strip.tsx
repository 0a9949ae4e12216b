import Link from "next/link";
import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

/** Numbers side by side; each opens the list behind it. */
export function StatStrip({ stats }: { stats: readonly Stat[] }) {
  return (
    <div className="grid grid-cols-2 overflow-hidden rounded-[10px] border bg-line gap-px sm:grid-cols-3 lg:grid-flow-col lg:auto-cols-fr lg:grid-cols-none [&>:last-child:nth-child(odd)]:col-span-2 sm:[&>:last-child:nth-child(odd)]:col-span-1">
      {stats.map((stat) => (
        <Link
          key={stat.name}
          href={stat.href}
          className="group bg-panel px-4 py-3.5 hover:bg-hover focus-visible:-outline-offset-2"
        >
          <span className="block text-sm text-muted">{stat.name}</span>
          <span
            className={classNames(
              "mt-0.5 block text-2xl font-semibold tracking-[-0.02em] tabular",
              stat.stale && "text-muted",
            )}
          >
            {stat.value ?? (
              <span role="status" aria-label="Loading" className="breathe my-1.5 block h-4 w-10 rounded bg-quiet" />
            )}
          </span>
          <span className={classNames("mt-0.5 line-clamp-2 text-sm", stat.warn ? "text-warning" : "text-muted")}>
            {stat.value === null ? "\u00a0" : stat.detail}
          </span>
        </Link>
      ))}
    </div>
  );
}

export interface Stat {
  readonly name: string;
  /** Null until it is known; then the detail is not shown either. */
  readonly value: ReactNode | null;
  readonly detail: ReactNode;
  readonly href: string;
  readonly warn?: boolean;
  /** The number comes from a key server that does not answer now. */
  readonly stale?: boolean;
}
