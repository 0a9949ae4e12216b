"use client";
import { onlyTightens } from "@holdfast/protocol";
import { useState } from "react";
import { Panel } from "@/components/panel.tsx";
import { Words } from "@/components/words.tsx";
import { ApproveLink } from "@/features/approvals/approve-link.tsx";
import { ChangeLines } from "./change-lines.tsx";
import { LinkOutcome } from "./link-outcome.tsx";
import { StopHosted } from "./stop-hosted.tsx";
import { type KnownLink, useWaitingLinks } from "./use-links.ts";

/** Changes that wait for approvals or for their delay, each with the way to approve or stop it. */
export function WaitingChanges() {
  const waiting = useWaitingLinks();
  if (waiting.length === 0) return null;
  return (
    <Panel title="Waiting changes" hint="of administrators and rules">
      <ul className="divide-y">
        {waiting.map((link) => (
          <WaitingChange key={link.row.hash} link={link} />
        ))}
      </ul>
    </Panel>
  );
}

function WaitingChange({ link: { row, read } }: { link: KnownLink }) {
  const [open, setOpen] = useState(false);
  const isScheduled = row.status === "scheduled";
  const isRecovery = read.roster.recover === true;
  // What only takes away, nobody's no ends (docs/spec/approval.md).
  const nobodyEnds = read.base !== null && onlyTightens(read.base, read.roster);
  return (
    <li className="space-y-3 px-4 py-3.5">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-60">
          <p className="font-semibold [overflow-wrap:anywhere]">
            {read.plain?.title ?? "A change that follows another list: it was overtaken"}
          </p>
          <LinkOutcome row={row} roster={read.roster} base={read.base} />
        </div>
        <button
          type="button"
          className="rounded text-accent hover:underline"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          {open ? "Less" : "What changes"}
        </button>
        <ApproveLink hashes={[row.hash]} tone={isScheduled ? "plain" : "primary"}>
          {isRecovery ? "See it there" : isScheduled ? "Stop it" : "Review"}
        </ApproveLink>
        {isRecovery || nobodyEnds ? null : <StopHosted doc={row.doc} base={read.base} />}
      </div>
      {open && read.plain ? (
        <div className="space-y-3">
          <ChangeLines plain={read.plain} />
          <Words words={read.words} size="small" />
        </div>
      ) : null}
    </li>
  );
}
