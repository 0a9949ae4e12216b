"use client";
import Link from "next/link";
import { Badge } from "@/components/badge.tsx";
import { Age } from "@/components/moment.tsx";
import { showCount, showNumber } from "@/components/number-text.ts";
import { Panel } from "@/components/panel.tsx";
import { Cell, HeadCell, Table } from "@/components/table.tsx";
import { usePlace } from "@/features/environment/environment-context.tsx";
import { type BackupEntry, isForPresent } from "./escrow-facts.ts";
import type { Escrow } from "./use-escrow.ts";

/** The newest backups as the log records them: when, how much they hold, where they lie, who opens them. */
export function NewestBackups({ escrow }: { escrow: Escrow }) {
  const place = usePlace();
  const { backups, plan } = escrow;
  return (
    <Panel
      title="Newest backups"
      action={
        <Link href={place.at("log?kind=backup")} className="rounded text-accent hover:underline">
          All in the log
        </Link>
      }
    >
      {backups.length === 0 ? (
        <p className="px-4 py-3 text-muted">
          None was made yet. Have backups made above, or make one by hand at the key server.
        </p>
      ) : (
        <Table
          label="Newest backups"
          head={
            <>
              <HeadCell>Made</HeadCell>
              <HeadCell>Where it lies</HeadCell>
              <HeadCell>Opened by</HeadCell>
              <HeadCell className="text-right">Keys</HeadCell>
              <HeadCell className="text-right">Log entries</HeadCell>
            </>
          }
        >
          {backups.map((backup) => (
            <tr key={backup.n}>
              <Cell>
                <Age at={backup.at} />
              </Cell>
              <Cell label="Where it lies" className="text-muted">
                {placesText(backup)}
              </Cell>
              <Cell label="Opened by" className="text-muted">
                {backup.escrow === null
                  ? "recovery file"
                  : `${backup.escrow.k} of ${backup.escrow.seats.length} custodians`}{" "}
                {isForPresent(backup, plan) ? null : <Badge tone="warning">as before</Badge>}
              </Cell>
              <Cell label="Keys" className="text-right tabular">
                {numberText(backup.keys)}
              </Cell>
              <Cell label="Log entries" className="text-right text-muted tabular">
                {numberText(backup.size)}
              </Cell>
            </tr>
          ))}
        </Table>
      )}
      {backups.some((backup) => !isForPresent(backup, plan)) ? (
        <p className="border-t px-4 py-2.5 text-sm text-muted">
          “As before”: who opened backups then opens these for as long as the files exist. Destroy the files where they
          lie once a newer backup stands.
        </p>
      ) : null}
    </Panel>
  );
}

function placesText({ to }: BackupEntry): string {
  if (to === null) return "made by hand; known to you alone";
  return to.length <= 3 ? to.join(", ") : showCount(to.length, "destination");
}

function numberText(value: number | null): string {
  return value === null ? "–" : showNumber(value);
}
