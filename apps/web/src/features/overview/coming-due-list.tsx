"use client";
import { CalendarCheck } from "lucide-react";
import Link from "next/link";
import { EmptyState } from "@/components/empty-state.tsx";
import { useNow } from "@/components/moment.tsx";
import { Skeleton } from "@/components/skeleton.tsx";
import { showDate, showDuration } from "@/components/time-text.ts";
import { ApproveLink } from "@/features/approvals/approve-link.tsx";
import type { DueItem } from "./due-items.ts";
import { useComingDue } from "./use-coming-due.ts";

/** What comes so soon is shown with its time of day. */
const SOON_SECONDS = 3 * 86_400;

/** What ends, with the page where something can be done about it, and the way to stop what can be stopped. */
export function ComingDueList({ withinDays, most }: { withinDays?: number; most?: number }) {
  const now = useNow();
  const { items, until, loading } = useComingDue();
  const due = items
    .filter(({ at }) => withinDays === undefined || at === null || at < now + withinDays * 86_400)
    .slice(0, most);
  if (loading) return <Skeleton rows={most ? 2 : 4} />;
  if (due.length === 0) {
    return most ? (
      <p className="px-4 py-4 text-muted">Nothing ends in the next {withinDays} days.</p>
    ) : (
      <EmptyState icon={<CalendarCheck size={18} />} title="Nothing ends">
        What is planned for keys, periods, nearly spent usage limits, certificates and the administrators&apos; list
        appear here before they end.
      </EmptyState>
    );
  }
  const cut = most === undefined && until !== null;
  const aligned = most === undefined && due.some(({ stop }) => stop !== undefined);
  return (
    <ul className="divide-y">
      {due.map((item) => (
        <li
          key={`${item.href}-${item.what}-${item.at}`}
          className="flex flex-wrap items-center gap-x-3 has-[a.row:hover]:bg-hover sm:flex-nowrap"
        >
          <DueLink item={item} now={now} narrow={most !== undefined} />
          {item.stop ? (
            <span className={`px-4 pb-2.5 sm:py-1 sm:pl-0 ${aligned ? "sm:w-[7.75rem] sm:text-right" : ""}`}>
              <ApproveLink hashes={[item.stop]} size="small" tone="plain">
                Stop it
              </ApproveLink>
            </span>
          ) : aligned ? (
            <span className="hidden w-[7.75rem] sm:block" />
          ) : null}
        </li>
      ))}
      {cut ? (
        <li className="px-4 py-2.5 text-muted">
          Many keys end: of those that do after {showDate(until, "long")}, not all are listed here. The list of keys,
          sorted by when they end, has them.
        </li>
      ) : null}
    </ul>
  );
}

function DueLink({ item, now, narrow }: { item: DueItem; now: number; narrow: boolean }) {
  return (
    <Link
      href={item.href}
      className={`row grid min-w-0 flex-1 grid-cols-[1fr_auto] gap-x-3 px-4 py-2.5 focus-visible:-outline-offset-2 ${narrow ? "" : "sm:grid-cols-[minmax(6rem,14rem)_1fr_auto_6.5rem]"}`}
    >
      <span className="col-start-1 row-start-1 truncate">{item.label}</span>
      <span
        className={`col-span-2 row-start-2 min-w-0 text-muted [overflow-wrap:anywhere] ${narrow ? "" : "sm:col-span-1 sm:col-start-2 sm:row-start-1"}`}
      >
        {item.what}
      </span>
      {narrow || item.at === null ? null : (
        <span className="hidden whitespace-nowrap text-sm/5 text-muted tabular sm:col-start-3 sm:row-start-1 sm:block">
          {showDate(item.at, Math.abs(item.at - now) < SOON_SECONDS ? "moment" : "long")}
        </span>
      )}
      <DueTime item={item} now={now} narrow={narrow} />
    </Link>
  );
}

function DueTime({ item: { at, left }, now, narrow }: { item: DueItem; now: number; narrow: boolean }) {
  const place = narrow ? "" : "sm:col-start-4 sm:row-start-1";
  if (at === null)
    return <span className={`whitespace-nowrap text-right text-sm/5 text-warning tabular ${place}`}>{left}</span>;
  return (
    <span
      className={`whitespace-nowrap text-right text-sm/5 tabular ${place} ${at <= now ? "text-danger" : "text-muted"}`}
      title={showDate(at, "exact")}
    >
      {at <= now ? `${showDuration(now - at)} overdue` : showDuration(at - now)}
    </span>
  );
}
