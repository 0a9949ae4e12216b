"use client";
import { isRejectable } from "@holdfast/protocol";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Badge } from "@/components/badge.tsx";
import { Digest } from "@/components/digest.tsx";
import { useNow } from "@/components/moment.tsx";
import { NotThere } from "@/components/not-there.tsx";
import { Notice } from "@/components/notice.tsx";
import { PageHeader } from "@/components/page-header.tsx";
import { Facts, Panel } from "@/components/panel.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { ProgressBars } from "@/components/progress-bars.tsx";
import { Skeleton } from "@/components/skeleton.tsx";
import { showDate, showDuration } from "@/components/time-text.ts";
import { Words } from "@/components/words.tsx";
import { isNotThere, problemOf } from "@/features/connection/problem-of.ts";
import { useTRPC } from "@/features/connection/trpc.ts";
import { useOutcomeProof } from "@/features/custody/use-outcome-proof.ts";
import { usePlace, useScope } from "@/features/environment/environment-context.tsx";
import { ApproveLink } from "./approve-link.tsx";
import { CommandOutcome } from "./command-outcome.tsx";
import { ContradictedNotice } from "./contradicted-notice.tsx";
import { HostedLink } from "./hosted-link.tsx";
import { outcomeText } from "./outcome-text.ts";
import { PlainLines } from "./plain-lines.tsx";
import { readCommand } from "./read-command.ts";
import { RefusalNotice } from "./refusal-notice.tsx";
import { SaveRequest } from "./save-request.tsx";
import { ScheduledNotice } from "./waiting-on.tsx";

/** One request: what it does by its own bytes, its words, how far it is, what became of it. */
export function ApprovalDetail({ hash }: { hash: string }) {
  const trpc = useTRPC();
  const scope = useScope();
  const place = usePlace();
  const now = useNow();
  const command = useQuery(trpc.command.get.queryOptions({ ...scope, hash }));
  const row = command.data;
  const proof = useOutcomeProof({ of: "command", hash, status: row?.status ?? "open", entry: row?.entry ?? null });
  const read = useMemo(() => (row ? readCommand(row.doc, hash) : null), [row, hash]);
  if (isNotThere(command.error)) {
    return <NotThere what="request" list="All approvals" href={place.at("approvals")} />;
  }
  if (command.error) return <ProblemNotice problem={problemOf(command.error)} />;
  if (!row) return <Skeleton rows={6} />;
  if (!read) return <Notice tone="danger" title="The bytes of this request do not fit its name." live />;
  const { plain } = read;
  // What the log contradicts is shown as nothing else.
  const isContradicted = proof.code === "P_OUTCOME";
  const open = row.status === "open";
  return (
    <>
      <PageHeader
        title={plain.title}
        badges={
          <>
            <Badge tone={plain.danger ? "danger" : "quiet"}>{plain.tag}</Badge>
            {open && !isContradicted ? null : <CommandOutcome command={row} />}
          </>
        }
        detail={<PlainLines plain={plain} />}
      />
      {isContradicted ? <ContradictedNotice hash={hash} /> : null}
      {row.code && !isContradicted ? (
        <RefusalNotice code={row.code} command={read.command} stopped={row.due !== null} />
      ) : null}
      {row.status === "scheduled" ? (
        <ScheduledNotice hash={hash} act={read.command.act} due={row.due} linked={false} />
      ) : null}
      <Panel label="The request">
        <Facts
          rows={[
            [
              "Asked",
              `${showDate(read.command.issued, "exact")}${read.command.reason ? ` · “${read.command.reason}”` : ""}`,
            ],
            row.status === "cancelled"
              ? null
              : ["Approvals", <ProgressBars key="progress" have={row.have} need={row.need} />],
            open
              ? ["Runs out", read.command.exp > now ? `in ${showDuration(read.command.exp - now)}` : "it ran out"]
              : row.status === "scheduled"
                ? ["Runs", row.due === null ? "when its delay is over" : showDate(row.due, "exact")]
                : ["Decided", isContradicted ? "not as the dashboard's record says" : outcomeText(row)[0]],
            ["Name", <Digest key="name" value={hash} />],
          ]}
        />
      </Panel>
      <Panel label="Matching words" className="px-4 py-3.5">
        <p className="mb-1.5 text-sm text-muted">
          These eight words name exactly this request. They must be the same wherever you look at it.
        </p>
        <Words words={read.words} />
      </Panel>
      {open ? (
        <div className="flex flex-wrap items-center gap-3">
          <ApproveLink hashes={[hash]} tone={plain.danger ? "danger" : "primary"} size="large">
            {isRejectable(read.command.act) ? "Approve or reject" : "Approve on your key server"}
          </ApproveLink>
          <p className="min-w-0 flex-1 basis-60 text-sm text-muted">
            This page cannot press that button: your browser gives the approval passkey to your key server&apos;s page
            alone.{" "}
            {isRejectable(read.command.act)
              ? "You reject it there too."
              : "Nobody rejects this: left alone, it expires by itself."}
          </p>
        </div>
      ) : null}
      {open || row.status === "scheduled" ? <HostedLink docs={[row.doc]} /> : null}
      {open ? <SaveRequest doc={row.doc} hash={hash} /> : null}
      <details className="text-muted">
        <summary className="w-fit rounded">Exact bytes</summary>
        <pre className="mt-2 whitespace-pre-wrap break-all rounded-lg border bg-panel p-3 font-mono text-xs">
          {JSON.stringify(read.command, null, 2)}
        </pre>
      </details>
    </>
  );
}
