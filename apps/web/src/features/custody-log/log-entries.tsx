"use client";
import { groupByCommand } from "./group-by-command.ts";
import { LogGroup } from "./log-group.tsx";
import type { EntryLike } from "./read-entry.ts";

/** Entries read from their own bytes, those of one request together. */
export function LogEntries({ entries, verify, open }: LogEntriesProps) {
  return (
    <ul className="divide-y">
      {groupByCommand(entries).map((group) => (
        <LogGroup key={group.entries[0]?.n ?? group.key} group={group} verify={verify} open={open} />
      ))}
    </ul>
  );
}

interface LogEntriesProps {
  entries: readonly EntryLike[];
  verify: boolean;
  open: number | null;
}
