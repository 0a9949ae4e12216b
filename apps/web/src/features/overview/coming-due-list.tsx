"use client";
import { CalendarCheck } from "lucide-react";
import Link from "next/link";
import { EmptyState } from "@/components/empty-state.tsx";
import { useNow } from "@/components/moment.tsx";
import { Skeleton } from "@/components/skeleton.tsx";
import { showDate, showDuration } from "@/components/time-text.ts";
import { ApproveLink } from "@/features/approvals/approve-link.tsx";
import { type DueItem, useComingDue } from "./use-coming-due.ts";

/** What ends, with the page where something can be done about it, and the way to stop what can be stopped. */
export function ComingDueList({ withinDays, most }: { withinDays?: number; most?: number }) {
  const now = useNow();
  const { items, loading } = useComingDue();
  const due = items.filter((item) => withinDays === undefined || item.at < now + withinDays * 86_400).slice(0, most);
  if (loading) return <Skeleton rows={most ? 2 : 4} />;
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
        <li
          key={`${item.href}-${item.what}`}
          className="flex flex-wrap items-center gap-x-3 has-[a.row:hover]:bg-hover sm:flex-nowrap"
        >
          <DueLink item={item} now={now} narrow={most !== undefined} />
          {item.stop ? (
            <span className="px-4 pb-2.5 sm:py-1 sm:pl-0">
              <ApproveLink hashes={[item.stop]} size="small" tone="plain">
                Stop it
              </ApproveLink>
            </span>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

function DueLink({ item, now, narrow }: { item: DueItem; now: number; narrow: boolean }) {
  return (
    <Link
      href={item.href}
      className={`row grid min-w-0 flex-1 grid-cols-[1fr_auto] gap-x-3 px-4 py-2.5 focus-visible:-outline-offset-2 ${narrow ? "" : "sm:grid-cols-[minmax(6rem,14rem)_1fr_auto]"}`}
    >
      <span className="truncate">{item.label}</span>
      <span
        className={`col-span-2 row-start-2 min-w-0 text-muted [overflow-wrap:anywhere] ${narrow ? "" : "sm:col-span-1 sm:row-start-1"}`}
      >
        {item.what}
      </span>
      <span
        className={`whitespace-nowrap text-sm/5 tabular ${item.at <= now ? "text-danger" : "text-muted"}`}
        title={showDate(item.at, "exact")}
      >
        {item.at <= now ? `${showDuration(now - item.at)} overdue` : showDuration(item.at - now)}
      </span>
    </Link>
  );
}
