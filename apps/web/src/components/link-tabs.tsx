import Link from "next/link";
import { classNames } from "./class-names.ts";

/** Views of one list, each with its own address. */
export function LinkTabs({ label, tabs }: { label: string; tabs: readonly LinkTab[] }) {
  return (
    <nav aria-label={label} className="scroll-thin flex gap-1.5 overflow-x-auto">
      {tabs.map((tab) => (
        <Link
          key={tab.href}
          href={tab.href}
          aria-current={tab.current ? "page" : undefined}
          className={classNames(
            "whitespace-nowrap rounded-md px-3 py-1.5 font-medium",
            tab.current ? "bg-good-ground text-good-ink" : "bg-quiet text-muted hover:text-ink",
          )}
        >
          {tab.text}
          {tab.count === undefined ? null : <span className="tabular"> {tab.count}</span>}
        </Link>
      ))}
    </nav>
  );
}

export interface LinkTab {
  readonly href: string;
  readonly text: string;
  readonly count?: number;
  readonly current: boolean;
}
