"use client";
import Link from "next/link";
import { useNow } from "@/components/moment.tsx";
import { showDate, showDuration } from "@/components/time-text.ts";
import { OutcomeProofBadge } from "@/features/custody/outcome-proof-badge.tsx";
import { useOutcomeProof } from "@/features/custody/use-outcome-proof.ts";
import { usePlace } from "@/features/environment/environment-context.tsx";
import { ApproveLink } from "./approve-link.tsx";
import { useScheduled } from "./use-waiting.ts";

/** What is approved and waits its delay: it happens by itself unless an administrator stops it. */
export function ScheduledList() {
  const place = usePlace();
  const now = useNow();
  const scheduled = useScheduled();
  if (scheduled.length === 0) return null;
  return (
    <section aria-labelledby="scheduled">
      <h2 id="scheduled" className="mb-1 text-muted">
        Approved, and can still be stopped
      </h2>
      <ul className="-mx-4 divide-y border-y sm:mx-0 sm:overflow-hidden sm:rounded-[10px] sm:border sm:bg-panel">
        {scheduled.map(({ row, read }) => (
          <li key={row.hash} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3.5">
            <div className="min-w-0 flex-1 basis-60">
              <Link
                href={place.at(`approvals/${row.hash}`)}
                className="rounded font-semibold [overflow-wrap:anywhere] hover:underline"
              >
                {read.plain.title}
              </Link>
              <p className="mt-0.5 text-warning">
                {row.due === null
                  ? "runs when its delay is over"
                  : row.due > now
                    ? `runs ${showDate(row.due, "moment")}, in ${showDuration(row.due - now)}`
                    : "runs at any moment"}
              </p>
            </div>
            <ScheduledProof hash={row.hash} entry={row.entry} />
            <ApproveLink hashes={[row.hash]} tone="plain">
              Stop it
            </ApproveLink>
          </li>
        ))}
      </ul>
    </section>
  );
}

function ScheduledProof({ hash, entry }: { hash: string; entry: number | null }) {
  return <OutcomeProofBadge proof={useOutcomeProof({ of: "command", hash, status: "scheduled", entry })} />;
}
