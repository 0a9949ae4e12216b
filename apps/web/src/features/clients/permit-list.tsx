"use client";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useState } from "react";
import { Badge } from "@/components/badge.tsx";
import { Button } from "@/components/button.tsx";
import { useNow } from "@/components/moment.tsx";
import { Panel } from "@/components/panel.tsx";
import { Cell, HeadCell, Table } from "@/components/table.tsx";
import { showDate } from "@/components/time-text.ts";
import { usePlace } from "@/features/environment/environment-context.tsx";
import { grantText } from "./grant-text.ts";
import { type PermitRow, permitStanding } from "./permit-standing.ts";

const RevokeDialog = dynamic(() => import("./revoke-dialog.tsx").then((module) => module.RevokeDialog), { ssr: false });

/** Enrolment secrets: how many each still lets in, until when and from where, and the way to end it. Nothing without any. */
export function PermitList({ rows }: { rows: readonly PermitRow[] }) {
  const now = useNow(60_000);
  const place = usePlace();
  const [ending, setEnding] = useState<PermitRow | null>(null);
  const standings = rows.map((row) => ({ row, standing: permitStanding(row, now) }));
  const open = standings.filter(({ standing }) => standing.open);
  const over = standings.filter(({ standing }) => !standing.open);
  if (rows.length === 0) return null;
  return (
    <Panel
      title="Enrolment secrets"
      hint="whoever holds one enrols clients, within these limits; it opens nothing itself"
    >
      <Table
        label="Enrolment secrets"
        head={
          <>
            <HeadCell>Name</HeadCell>
            <HeadCell>State</HeadCell>
            <HeadCell>Lets in</HeadCell>
            <HeadCell>Each may</HeadCell>
            <HeadCell className="text-right">Ends</HeadCell>
            <HeadCell>
              <span className="sr-only">What can be done</span>
            </HeadCell>
          </>
        }
      >
        {[...open, ...over].map(({ row, standing }) => (
          <tr key={row.id} className="hover:bg-hover">
            <Cell className="max-w-60 truncate">
              <Link href={place.at(`clients/${row.id}`)} className="rounded font-medium hover:underline">
                {row.label}
              </Link>
            </Cell>
            <Cell>
              <Badge tone={standing.tone}>{standing.word}</Badge>
            </Cell>
            <Cell label="Lets in" className="tabular">
              {standing.open ? `${standing.left} more` : "nobody more"}
              <span className="text-muted">
                , {row.letIn} of {row.permit.most} came
              </span>
              <span className="block font-mono text-sm text-muted [overflow-wrap:anywhere]">
                {row.permit.networks.join(", ")}
              </span>
            </Cell>
            <Cell label="Each may" className="min-w-40 text-muted [overflow-wrap:anywhere]">
              {row.grants.map(grantText).join("; ")}
            </Cell>
            <Cell label="Ends" className="whitespace-nowrap text-right text-muted tabular">
              {row.notAfter === null ? "" : showDate(row.notAfter, "moment")}
            </Cell>
            <Cell className="text-right">
              {row.state === "active" ? (
                <Button size="small" aria-label={`Withdraw ${row.label}`} onClick={() => setEnding(row)}>
                  Withdraw…
                </Button>
              ) : null}
            </Cell>
          </tr>
        ))}
      </Table>
      {ending === null ? null : <RevokeDialog row={ending} onClose={() => setEnding(null)} />}
    </Panel>
  );
}
