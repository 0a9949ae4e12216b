"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Age } from "@/components/moment.tsx";
import { showCount, showNumber } from "@/components/number-text.ts";
import { Panel } from "@/components/panel.tsx";
import { Skeleton } from "@/components/skeleton.tsx";
import { Cell, HeadCell, Table } from "@/components/table.tsx";
import { useTRPC } from "@/features/connection/trpc.ts";
import { readEntry } from "@/features/custody-log/read-entry.ts";
import { usePlace, useScope } from "@/features/environment/environment-context.tsx";

const MOST = 10;

/** The newest backups as the log records them: when, how much they hold, where they lie. */
export function NewestBackups() {
  const trpc = useTRPC();
  const place = usePlace();
  const list = useQuery(trpc.log.list.queryOptions({ ...useScope(), kind: "backup", limit: MOST }));
  const rows = (list.data?.rows ?? []).flatMap((entry) => readEntry(entry)?.leaf ?? []);
  return (
    <Panel
      title="Newest backups"
      action={
        <Link href={place.at("log?kind=backup")} className="rounded text-accent hover:underline">
          All in the log
        </Link>
      }
    >
      {list.isPending ? (
        <Skeleton rows={3} />
      ) : rows.length === 0 ? (
        <p className="px-4 py-3 text-muted">None was made yet.</p>
      ) : (
        <Table
          label="Newest backups"
          head={
            <>
              <HeadCell>Made</HeadCell>
              <HeadCell>Where it lies</HeadCell>
              <HeadCell className="text-right">Keys</HeadCell>
              <HeadCell className="text-right">Log entries</HeadCell>
            </>
          }
        >
          {rows.map(({ n, ts, data }) => (
            <tr key={n}>
              <Cell>
                <Age at={ts} />
              </Cell>
              <Cell label="Where it lies" className="text-muted">
                {placesText(data?.["to"])}
              </Cell>
              <Cell label="Keys" className="text-right tabular">
                {numberText(data?.["keys"])}
              </Cell>
              <Cell label="Log entries" className="text-right text-muted tabular">
                {numberText(data?.["size"])}
              </Cell>
            </tr>
          ))}
        </Table>
      )}
    </Panel>
  );
}

function placesText(to: unknown): string {
  if (!Array.isArray(to)) return "made by hand; known to you alone";
  return to.length <= 3 ? to.join(", ") : showCount(to.length, "destination");
}

function numberText(value: unknown): string {
  return typeof value === "number" ? showNumber(value) : "–";
}
