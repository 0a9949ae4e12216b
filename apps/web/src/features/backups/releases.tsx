"use client";
import dynamic from "next/dynamic";
import { type ReactNode, useState } from "react";
import { Badge, type Tone } from "@/components/badge.tsx";
import { Button } from "@/components/button.tsx";
import { Age, useNow } from "@/components/moment.tsx";
import { Panel } from "@/components/panel.tsx";
import { saveFile } from "@/components/save-file.ts";
import { showDate } from "@/components/time-text.ts";
import { ApproveLink } from "@/features/approvals/approve-link.tsx";
import { useWaitingAct } from "@/features/approvals/use-waiting.ts";
import { EntryLink } from "./coming-back.tsx";
import type { ApprovedRelease } from "./release-facts.ts";
import type { Escrow } from "./use-escrow.ts";

const ReleaseDialog = dynamic(() => import("./release-dialog.tsx").then((module) => module.ReleaseDialog), {
  ssr: false,
});

/** Releases of backups to new key servers, how far each is and whose turn it is. Nothing without custodians. */
export function Releases({ escrow }: { escrow: Escrow }) {
  const [open, setOpen] = useState(false);
  const waiting = useWaitingAct("escrow.release");
  const { plan, releases } = escrow;
  if (plan === null && releases.length === 0 && waiting.length === 0) return null;
  const known = new Set(releases.map(({ cmd }) => cmd));
  return (
    <Panel
      title="Releases"
      hint="a backup opened by its custodians on a new machine"
      action={
        <Button size="small" onClick={() => setOpen(true)}>
          Propose a release…
        </Button>
      }
    >
      {releases.length === 0 && waiting.length === 0 ? (
        <p className="px-4 py-3 text-muted">
          None was asked for. A new key server asks, administrators approve, and custodians give their shares to it
          alone.
        </p>
      ) : (
        <ul className="divide-y">
          {waiting
            .filter(({ row }) => !known.has(row.hash))
            .map(({ row }) => (
              <Line
                key={row.hash}
                tone="warning"
                word={row.status === "scheduled" ? "waits its delay" : `${row.have} of ${row.need} approved`}
                action={
                  <ApproveLink hashes={[row.hash]} size="small" tone="plain">
                    {row.status === "scheduled" ? "Stop it" : "Review"}
                  </ApproveLink>
                }
              >
                {row.status === "scheduled"
                  ? "Approved. Custodians give nothing before its delay is over; until then any administrator can stop it."
                  : "Administrators’ turn. The new key server has nothing of the backup."}
              </Line>
            ))}
          {releases.map((release) => (
            <Approved key={release.cmd} release={release} escrow={escrow} />
          ))}
        </ul>
      )}
      {open ? <ReleaseDialog onClose={() => setOpen(false)} /> : null}
    </Panel>
  );
}

function Approved({ release, escrow: { plan } }: { release: ApprovedRelease; escrow: Escrow }) {
  const now = useNow(60_000);
  const { n, at, exp, envelope, restored } = release;
  if (restored !== null) {
    const names = new Map(plan?.custodians.map(({ seat, label }) => [seat, label]));
    const givers = restored.seats.map((seat) => names.get(seat) ?? "somebody who is no custodian today");
    return (
      <Line tone="good" word="restored">
        <Age at={restored.at} />, with the shares of {givers.join(", ")} · <EntryLink n={n} />,{" "}
        <EntryLink n={restored.n} />
      </Line>
    );
  }
  if (exp !== null && exp < now) {
    return (
      <Line tone="quiet" word="ran out">
        Approved <Age at={at} />, and its time ended {showDate(exp, "moment")}: custodians&apos; tools give nothing for
        it. The new key server asks anew. · <EntryLink n={n} />
      </Line>
    );
  }
  return (
    <Line
      tone="warning"
      word="approved"
      action={
        envelope === null ? null : (
          <Button size="small" onClick={() => saveFile("release.envelope", envelope, "application/json")}>
            Save the approvals
          </Button>
        )
      }
    >
      Custodians&apos; turn{exp === null ? "" : `, until ${showDate(exp, "moment")}`}. On the new machine{" "}
      <code className="font-mono text-sm">holdfast-agent command deliver release.envelope</code> takes the approvals;
      then custodians give their shares there. A wrong share is refused with its holder&apos;s name. ·{" "}
      <EntryLink n={n} />
    </Line>
  );
}

function Line({ tone, word, action, children }: LineProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <Badge tone={tone}>{word}</Badge>
      <p className="min-w-0 flex-1 basis-64">{children}</p>
      {action}
    </li>
  );
}

interface LineProps {
  tone: Tone;
  word: string;
  action?: ReactNode;
  children: ReactNode;
}
