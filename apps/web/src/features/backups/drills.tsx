"use client";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Button } from "@/components/button.tsx";
import { Age } from "@/components/moment.tsx";
import { Panel } from "@/components/panel.tsx";
import { Cell, HeadCell, Table } from "@/components/table.tsx";
import { EntryLink } from "./coming-back.tsx";
import { type Drill, isForPresent } from "./escrow-facts.ts";
import type { Escrow } from "./use-escrow.ts";

const DrillDialog = dynamic(() => import("./drill-dialog.tsx").then((module) => module.DrillDialog), { ssr: false });

/** Drills and their evidence: who proved a share, each proof an entry of the log. Nothing without custodians. */
export function Drills({ escrow }: { escrow: Escrow }) {
  const [open, setOpen] = useState(false);
  const { plan, drills, backups } = escrow;
  if (plan === null && drills.length === 0) return null;
  const fit = backups.find((each) => each.to !== null && each.to.length > 0 && isForPresent(each, plan));
  const backup = fit?.escrow?.hash ?? null;
  return (
    <Panel
      title="Drills"
      hint="custodians prove that shares open; nothing is restored"
      action={
        backup === null ? null : (
          <Button size="small" onClick={() => setOpen(true)}>
            Start a drill
          </Button>
        )
      }
    >
      {backup === null && plan !== null ? (
        <p className="border-b px-4 py-3 text-muted last:border-b-0">
          From here a drill takes a backup at a destination that the present custodians open, and there is none yet.
          {backups.length === 0 ? " Have backups made first." : " Back up now; or drill with a file at the key server."}
        </p>
      ) : null}
      {drills.length === 0 ? (
        backup === null ? null : (
          <p className="px-4 py-3 text-muted">
            None was held yet. Once a quarter is usual: it shows that custodians still have what they need.
          </p>
        )
      ) : (
        <Table
          label="Drills"
          head={
            <>
              <HeadCell>Approved</HeadCell>
              <HeadCell>Proved</HeadCell>
              <HeadCell className="text-right">Evidence</HeadCell>
            </>
          }
        >
          {drills.map((drill) => (
            <tr key={drill.cmd}>
              <Cell>
                <Age at={drill.at} />
              </Cell>
              <Cell label="Proved" className="text-muted [overflow-wrap:anywhere]">
                {provedText(drill, escrow)}
              </Cell>
              <Cell label="Evidence" className="text-right">
                {[drill.n, ...drill.proofs.map(({ n }) => n).sort((one, other) => one - other)].map((n) => (
                  <span key={n} className="ml-2 first:ml-0">
                    <EntryLink n={n} />
                  </span>
                ))}
              </Cell>
            </tr>
          ))}
        </Table>
      )}
      {open && backup !== null ? <DrillDialog backup={backup} onClose={() => setOpen(false)} /> : null}
    </Panel>
  );
}

function provedText({ proofs }: Drill, { plan }: Escrow): string {
  if (proofs.length === 0) return "nobody yet";
  const names = new Map(plan?.custodians.map(({ seat, label }) => [seat, label]));
  const known = proofs.flatMap(({ seat }) => names.get(seat) ?? []);
  const earlier = proofs.length - known.length;
  return [
    ...known,
    ...(earlier === 0 ? [] : [`${earlier} who ${earlier === 1 ? "is" : "are"} no custodian today`]),
  ].join(", ");
}
