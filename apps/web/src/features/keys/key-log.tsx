"use client";
import type { LeafActor } from "@holdfast/protocol";
import Link from "next/link";
import { useNow } from "@/components/moment.tsx";
import { Panel } from "@/components/panel.tsx";
import { showWhen } from "@/components/time-text.ts";
import { EntryProofBadge } from "@/features/custody-log/entry-proof-badge.tsx";
import { byText, readEntry } from "@/features/custody-log/read-entry.ts";
import { useNames } from "@/features/custody-log/use-names.ts";
import { usePlace } from "@/features/environment/environment-context.tsx";
import type { KeyRecord } from "./key-row.ts";

/** The newest entries of the custody log about this key, each proved in this browser. */
export function KeyLog({ record }: { record: KeyRecord }) {
  const place = usePlace();
  const now = useNow();
  const nameOf = useNames();
  const clientOf = (actor: LeafActor) => (actor.kind === "client" ? (nameOf(actor.id)?.name ?? null) : null);
  return (
    <Panel
      title="Log of this key"
      action={
        <Link href={place.at(`log?subject=${record.id}`)} className="rounded text-accent hover:underline">
          All entries
        </Link>
      }
    >
      <ul className="divide-y">
        {record.entries.slice(0, 8).map((entry) => {
          const read = readEntry(entry);
          return (
            <li
              key={entry.n}
              className="grid grid-cols-[3.5rem_minmax(0,1fr)] gap-x-3 gap-y-1 px-4 py-2.5 sm:grid-cols-[3.5rem_minmax(0,1fr)_auto]"
            >
              <span className="font-mono text-sm/5 text-muted">{read ? showWhen(read.at, now) : "?"}</span>
              <Link
                href={place.at(`log?entry=${entry.n}`)}
                className="min-w-0 rounded [overflow-wrap:anywhere] hover:underline"
              >
                {read?.title ?? "unreadable entry"}
                {read ? <span className="text-muted"> {byText(read, clientOf(read.leaf.actor))}</span> : null}
              </Link>
              <span className="max-sm:col-start-2">
                <EntryProofBadge n={entry.n} />
              </span>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
