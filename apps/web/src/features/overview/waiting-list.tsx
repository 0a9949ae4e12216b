"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Badge } from "@/components/badge.tsx";
import { useNow } from "@/components/moment.tsx";
import { Skeleton } from "@/components/skeleton.tsx";
import { showDuration } from "@/components/time-text.ts";
import { readCommand } from "@/features/approvals/read-command.ts";
import { useTRPC } from "@/features/connection/trpc.ts";
import { useStanding } from "@/features/custody/use-standing.ts";
import { usePlace, useScope } from "@/features/environment/environment-context.tsx";
import { LinkOutcome } from "@/features/people/link-outcome.tsx";
import { useWaitingLinks } from "@/features/people/use-links.ts";

/** Changes of administrators and rules that wait, and the first few requests. */
export function WaitingList() {
  const trpc = useTRPC();
  const place = usePlace();
  const now = useNow();
  const standing = useStanding();
  const open = useQuery(trpc.command.list.queryOptions({ ...useScope(), status: "open", limit: 4 }));
  const changes = useWaitingLinks();
  const rows = open.data?.rows ?? [];
  if (open.isPending || standing.level === "loading") return <Skeleton rows={2} />;
  if (rows.length === 0 && changes.length === 0)
    return <p className="px-4 py-4 text-muted">Nothing waits for an approval.</p>;
  return (
    <ul className="divide-y">
      {changes.map(({ row, read }) => (
        <li key={row.hash}>
          <Link href={place.at("people")} className="block px-4 py-2.5 hover:bg-hover focus-visible:-outline-offset-2">
            <span className="block font-semibold [overflow-wrap:anywhere]">
              {read.plain?.title ?? "A change of administrators and rules"}
            </span>
            <LinkOutcome row={row} roster={read.roster} base={read.base} />
          </Link>
        </li>
      ))}
      {rows.map((row) => {
        const read = readCommand(row.doc, row.hash);
        return (
          <li key={row.hash}>
            <Link
              href={place.at(`approvals/${row.hash}`)}
              className="block px-4 py-2.5 hover:bg-hover focus-visible:-outline-offset-2"
            >
              <span className="flex items-start justify-between gap-3">
                <span className="min-w-0 font-semibold [overflow-wrap:anywhere]">
                  {read?.plain.title ?? "A request that does not fit its name"}
                </span>
                {read ? <Badge tone={read.plain.danger ? "danger" : "quiet"}>{read.plain.tag}</Badge> : null}
              </span>
              {read ? (
                <span className="mt-0.5 block text-muted">
                  {row.have} of {row.need} approvals · runs out in {showDuration(read.command.exp - now)}
                </span>
              ) : null}
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
