"use client";
import { Age } from "@/components/moment.tsx";
import { Panel } from "@/components/panel.tsx";
import { LinkOutcome } from "./link-outcome.tsx";
import { useLinks, useWaitingLinks } from "./use-links.ts";

const MOST = 20;

/** What became of changes that were proposed. */
export function DecidedChanges() {
  const waiting = new Set(useWaitingLinks().map(({ row }) => row.hash));
  const decided = useLinks().links.filter(({ row }) => !waiting.has(row.hash));
  if (decided.length === 0) return null;
  return (
    <Panel title="Changes before" hint="the custody log has an entry of each that was in force">
      <ul className="divide-y">
        {decided.slice(0, MOST).map(({ row, read }) => (
          <li key={row.hash} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 py-2.5">
            <span className="min-w-0 [overflow-wrap:anywhere]">
              {read.plain?.title ?? "A change that followed another list"}
              <span className="text-sm text-muted">
                {" "}
                · proposed <Age at={row.proposedAt} />
              </span>
            </span>
            <LinkOutcome row={row} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
