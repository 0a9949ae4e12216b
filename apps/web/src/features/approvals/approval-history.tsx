"use client";
import { Download } from "lucide-react";
import Link from "next/link";
import { useMemo } from "react";
import { Button } from "@/components/button.tsx";
import { Age } from "@/components/moment.tsx";
import { saveFile } from "@/components/save-file.ts";
import { useTRPC, useTRPCClient } from "@/features/connection/trpc.ts";
import { usePages } from "@/features/connection/use-pages.ts";
import { usePlace, useScope } from "@/features/environment/environment-context.tsx";
import { CommandOutcome } from "./command-outcome.tsx";
import type { CommandRow } from "./command-row.ts";
import { readCommand } from "./read-command.ts";

/** Decided requests, newest first; kept for ever and exportable. */
export function ApprovalHistory({ full }: { full: boolean }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const scope = useScope();
  const input = { ...scope, status: "done", limit: full ? 50 : 5 } as const;
  const decided = usePages(trpc.command.list.infiniteQueryKey(input), (cursor) =>
    client.command.list.query({ ...input, cursor }),
  );
  const rows = decided.data?.pages.flatMap((page) => page.rows) ?? [];
  if (rows.length === 0) {
    return full && decided.isSuccess ? (
      <p className="text-muted">Nothing was decided yet. What is decided stays here for ever.</p>
    ) : null;
  }
  return (
    <section aria-labelledby="decided">
      <div className="mb-1 flex items-center justify-between">
        <h2 id="decided" className="text-muted">
          {full ? "Decided" : "Recently decided"}
        </h2>
        {full ? (
          <Button
            size="small"
            onClick={() => saveFile("approvals.json", JSON.stringify(rows, null, 2), "application/json")}
          >
            <Download size={13} aria-hidden="true" /> Export
          </Button>
        ) : null}
      </div>
      <ul className="divide-y">
        {rows.map((row) => (
          <HistoryRow key={row.hash} row={row} />
        ))}
      </ul>
      {full && decided.hasNextPage ? (
        <Button className="mt-3" busy={decided.isFetchingNextPage} onClick={() => void decided.fetchNextPage()}>
          Older
        </Button>
      ) : null}
    </section>
  );
}

function HistoryRow({ row }: { row: CommandRow }) {
  const place = usePlace();
  const read = useMemo(() => readCommand(row.doc, row.hash), [row.doc, row.hash]);
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 py-2.5">
      <Link href={place.at(`approvals/${row.hash}`)} className="min-w-0 truncate rounded hover:underline">
        {read?.plain.title ?? "A request that does not fit its name"}
      </Link>
      <span className="flex items-center gap-3">
        {read ? (
          <span className="text-sm text-muted">
            <Age at={read.command.issued} />
          </span>
        ) : null}
        <CommandOutcome command={row} />
      </span>
    </li>
  );
}
