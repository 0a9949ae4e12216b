"use client";
import { CalendarCheck } from "lucide-react";
import Link from "next/link";
import { EmptyState } from "@/components/empty-state.tsx";
import { useNow } from "@/components/moment.tsx";
import { showDate, showDuration } from "@/components/time-text.ts";
import { useComingDue } from "./use-coming-due.ts";

/** What ends, with the page where something can be done about it. */
export function ComingDueList({ withinDays, most }: { withinDays?: number; most?: number }) {
  const now = useNow();
  const due = useComingDue()
    .filter((item) => withinDays === undefined || item.at < now + withinDays * 86_400)
    .slice(0, most);
  if (due.length === 0) {
    return most ? (
      <p className="px-4 py-4 text-muted">Nothing ends in the next {withinDays} days.</p>
    ) : (
      <EmptyState icon={<CalendarCheck size={18} />} title="Nothing ends">
        Cryptoperiods, certificates and the administrators&apos; list appear here before they end.
      </EmptyState>
    );
  }
  return (
    <ul className="divide-y">
      {due.map((item) => (
        <li key={`${item.href}-${item.what}`}>
          <Link
            href={item.href}
            className="grid grid-cols-[minmax(6rem,9rem)_1fr_auto] gap-3 px-4 py-2.5 hover:bg-hover focus-visible:-outline-offset-2"
          >
            <span className="truncate">{item.label}</span>
            <span className="min-w-0 truncate text-muted">{item.what}</span>
            <span
              className={`whitespace-nowrap text-sm tabular ${item.at <= now ? "text-danger" : "text-muted"}`}
              title={showDate(item.at, "exact")}
            >
              {item.at <= now ? `${showDuration(now - item.at)} overdue` : showDuration(item.at - now)}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
