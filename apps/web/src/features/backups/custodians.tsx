"use client";
import { Users } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Badge } from "@/components/badge.tsx";
import { Button } from "@/components/button.tsx";
import { classNames } from "@/components/class-names.ts";
import { EmptyState } from "@/components/empty-state.tsx";
import { Age } from "@/components/moment.tsx";
import { Panel } from "@/components/panel.tsx";
import { Cell, HeadCell, Table } from "@/components/table.tsx";
import { showDate } from "@/components/time-text.ts";
import { EntryLink } from "./coming-back.tsx";
import type { Escrow } from "./use-escrow.ts";

const EnrolDialog = dynamic(() => import("./enrol-dialog.tsx").then((module) => module.EnrolDialog), { ssr: false });
const InviteCustodian = dynamic(() => import("./invite-custodian.tsx").then((module) => module.InviteCustodian), {
  ssr: false,
});

const WAYS = { file: "key file", passkey: "passkey" } as const;

/** Who holds shares of backups, how each opens one, and who could be one next. */
export function Custodians({ escrow }: { escrow: Escrow }) {
  const [open, setOpen] = useState<"enrol" | "invite" | null>(null);
  const { plan, proofs, introduced, entry } = escrow;
  const seats = new Set(plan?.custodians.map(({ seat }) => seat));
  const waiting = introduced.filter(({ introduction }) => !seats.has(introduction.object.seat));
  return (
    <Panel
      title="Custodians"
      hint={plan === null || entry === null ? undefined : `as approved in entry ${entry} of the log`}
      action={
        <span className="flex flex-wrap gap-2">
          <Button size="small" onClick={() => setOpen("invite")}>
            Invite a custodian
          </Button>
          {introduced.length === 0 ? null : (
            <Button size="small" onClick={() => setOpen("enrol")}>
              {plan === null ? "Choose custodians" : "Change custodians"}
            </Button>
          )}
        </span>
      }
    >
      {plan === null ? (
        waiting.length > 0 ? null : (
          <EmptyState icon={<Users size={18} />} title="Nobody holds a share of the backups">
            Backups open with the recovery file alone. With custodians, any 2 of 3 open them together, say, and fewer
            learn nothing. Invite each of them at the key server, then choose them here.
          </EmptyState>
        )
      ) : (
        <Table
          label="Custodians"
          head={
            <>
              <HeadCell>Custodian</HeadCell>
              <HeadCell>Opens a share with</HeadCell>
              <HeadCell className="text-right">Last proved in a drill</HeadCell>
            </>
          }
        >
          {plan.custodians.map(({ seat, label, routes }) => {
            const proof = proofs.find((each) => each.seat === seat);
            return (
              <tr key={seat}>
                <Cell className="font-medium [overflow-wrap:anywhere]">{label}</Cell>
                <Cell label="Opens a share with" className="text-muted">
                  {routes.map(({ route }) => WAYS[route]).join(", ")}
                </Cell>
                <Cell label="Last proved in a drill" className="text-right">
                  {proof === undefined ? (
                    <Badge tone="warning">never</Badge>
                  ) : (
                    <>
                      <Age at={proof.at} /> · <EntryLink n={proof.n} />
                    </>
                  )}
                </Cell>
              </tr>
            );
          })}
        </Table>
      )}
      {waiting.length === 0 ? null : (
        <ul className={classNames("divide-y", plan !== null && "border-t")}>
          {waiting.map(({ hash, introduction }) => (
            <li key={hash} className="px-4 py-3">
              <p className="flex flex-wrap items-center gap-2 font-medium [overflow-wrap:anywhere]">
                {introduction.label} <Badge>introduced</Badge>
              </p>
              <p className="text-muted">
                Gave {introduction.object.routes.map(({ route }) => `a ${WAYS[route]}`).join(" and ")} to your key
                server and holds no share yet. Can be chosen until {showDate(introduction.until, "moment")}; whoever
                approves hears eight words from them.
              </p>
            </li>
          ))}
        </ul>
      )}
      {open === "enrol" ? <EnrolDialog escrow={escrow} onClose={() => setOpen(null)} /> : null}
      {open === "invite" ? <InviteCustodian onClose={() => setOpen(null)} /> : null}
    </Panel>
  );
}
