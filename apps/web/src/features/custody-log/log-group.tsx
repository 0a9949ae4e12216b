"use client";
import { ChevronRight } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { Digest } from "@/components/digest.tsx";
import { useNow } from "@/components/moment.tsx";
import { showDate, showWhen } from "@/components/time-text.ts";
import { CodeWords } from "@/features/approvals/code-words.tsx";
import { usePlace } from "@/features/environment/environment-context.tsx";
import { EntryProofBadge } from "./entry-proof-badge.tsx";
import type { EntryGroup } from "./group-by-command.ts";
import { byText } from "./read-entry.ts";
import { useNames } from "./use-names.ts";

type Entry = EntryGroup["entries"][number];

/** The entries of one command, or one entry. */
export function LogGroup({ group, verify, open }: { group: EntryGroup; verify: boolean; open: number | null }) {
  const place = usePlace();
  return (
    <li>
      {group.entries.map((entry) => (
        <EntryRow key={entry.n} entry={entry} verify={verify} startOpen={open === entry.n} />
      ))}
      {group.command && group.entries.length > 1 ? (
        <p className="px-4 pb-2 pl-[4.6rem] text-sm text-muted">
          {group.entries.length} entries by{" "}
          <Link className="rounded text-accent hover:underline" href={place.at(`approvals/${group.command}`)}>
            one request
          </Link>
        </p>
      ) : null}
    </li>
  );
}

function EntryRow({ entry, verify, startOpen }: { entry: Entry; verify: boolean; startOpen: boolean }) {
  const [open, setOpen] = useState(startOpen);
  const now = useNow();
  const { read } = entry;
  const nameOf = useNames();
  const subject = read ? nameOf(read.leaf.subject) : null;
  const actor = read?.leaf.actor.kind === "client" ? nameOf(read.leaf.actor.id) : null;
  const who = actor ? `client ${actor.name}` : read?.who;
  return (
    <div>
      <div className="flex items-center hover:bg-hover max-sm:flex-col max-sm:items-stretch">
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="flex min-h-11 min-w-0 flex-1 items-center gap-3 px-4 py-2 text-left focus-visible:-outline-offset-2"
        >
          <ChevronRight
            size={14}
            className={`shrink-0 text-muted transition-transform ${open ? "rotate-90" : ""}`}
            aria-hidden="true"
          />
          <span className="w-10 shrink-0 text-right font-mono text-sm text-muted tabular max-sm:hidden">{entry.n}</span>
          <span className="w-14 shrink-0 font-mono text-sm text-muted max-sm:hidden">
            {read ? showWhen(read.at, now) : ""}
          </span>
          <span className="min-w-0 flex-1 [overflow-wrap:anywhere]">
            {read?.title ?? "unreadable entry"}
            {subject && !entry.opens?.label ? <span className="text-muted"> · {subject.name}</span> : null}
            {read ? (
              <span className="block text-sm text-muted sm:hidden">
                {entry.n} · {showWhen(read.at, now)} · {who}
              </span>
            ) : null}
          </span>
          <span className="max-w-64 shrink-0 truncate text-sm text-muted max-sm:hidden">{who}</span>
        </button>
        <span className="pr-4 max-sm:pb-2.5 max-sm:pl-[2.6rem]">
          <EntryProofBadge n={entry.n} enabled={verify || open} />
        </span>
      </div>
      {open && read ? <EntryFacts entry={entry} /> : null}
    </div>
  );
}

function EntryFacts({ entry }: { entry: Entry }) {
  const place = usePlace();
  const nameOf = useNames();
  const { read } = entry;
  if (!read) return null;
  const subject = nameOf(read.leaf.subject);
  const { leaf } = read;
  return (
    <div className="appear space-y-2 border-t bg-ground px-4 py-3 sm:pl-[4.6rem]">
      <p className="flex flex-wrap gap-x-4 gap-y-1 text-muted">
        <span>{showDate(leaf.ts, "exact")}</span>
        <span>
          about <Digest value={leaf.subject} />
          {subject ? (
            <>
              {" "}
              now called{" "}
              <Link className="rounded text-accent underline" href={subject.href}>
                {subject.name}
              </Link>
            </>
          ) : null}
        </span>
        <span>{byText(read, leaf.actor.kind === "client" ? (nameOf(leaf.actor.id)?.name ?? null) : null)}</span>
        {read.command ? (
          <Link className="rounded text-accent hover:underline" href={place.at(`approvals/${read.command}`)}>
            the request
          </Link>
        ) : null}
      </p>
      {leaf.code ? <CodeWords code={leaf.code} /> : null}
      <pre className="whitespace-pre-wrap break-all rounded-lg border bg-panel p-3 font-mono text-xs">
        {JSON.stringify(leaf, null, 2)}
      </pre>
    </div>
  );
}
