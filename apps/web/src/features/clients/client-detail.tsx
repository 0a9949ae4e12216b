"use client";
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import Link from "next/link";
import { type ReactNode, useState } from "react";
import { Badge } from "@/components/badge.tsx";
import { Button } from "@/components/button.tsx";
import { CodeBlock } from "@/components/code-block.tsx";
import { Digest } from "@/components/digest.tsx";
import { Age, useNow } from "@/components/moment.tsx";
import { NotThere } from "@/components/not-there.tsx";
import { PageHeader } from "@/components/page-header.tsx";
import { Facts, Panel } from "@/components/panel.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { Skeleton } from "@/components/skeleton.tsx";
import { showDate, showDuration } from "@/components/time-text.ts";
import { useAgents } from "@/features/agents/use-agents.ts";
import { isNotThere, problemOf } from "@/features/connection/problem-of.ts";
import { useTRPC } from "@/features/connection/trpc.ts";
import { ProofBadge } from "@/features/custody/proof-badge.tsx";
import { useObjectProof } from "@/features/custody/use-object-proof.ts";
import { usePlace, useScope } from "@/features/environment/environment-context.tsx";
import { speaksKmip } from "./client-kinds.ts";
import type { ClientRow } from "./client-row.ts";
import { grantText } from "./grant-text.ts";
import { listSnippet } from "./list-snippet.ts";
import { enrolSnippet, isPermit, type PermitStanding, permitStanding } from "./permit-standing.ts";

const RightsDialog = dynamic(() => import("./rights-dialog.tsx").then((module) => module.RightsDialog), { ssr: false });
const RevokeDialog = dynamic(() => import("./revoke-dialog.tsx").then((module) => module.RevokeDialog), { ssr: false });
const ConnectPanel = dynamic(() => import("./connect-panel.tsx").then((module) => module.ConnectPanel), { ssr: false });
const WaitingOn = dynamic(() => import("@/features/approvals/waiting-on.tsx").then((module) => module.WaitingOn), {
  ssr: false,
});

/** One application: who it is, what it may, when it last did, and how to stop it. */
export function ClientDetail({ clientId }: { clientId: string }) {
  const trpc = useTRPC();
  const scope = useScope();
  const place = usePlace();
  const now = useNow(60_000);
  const [changing, setChanging] = useState<"rights" | "end" | null>(null);
  const client = useQuery(trpc.client.get.queryOptions({ ...scope, clientId }));
  const rest = useAgents().find((agent) => agent.rest)?.rest;
  const row = client.data;
  const proof = useObjectProof(row ?? null);
  if (isNotThere(client.error)) return <NotThere what="client" list="All clients" href={place.at("clients")} />;
  if (client.error) return <ProblemNotice problem={problemOf(client.error)} />;
  if (!row) return <Skeleton rows={5} />;
  const active = row.state === "active";
  const standing = isPermit(row) ? permitStanding(row, now) : null;
  return (
    <>
      <PageHeader
        title={row.label}
        badges={
          <>
            <Badge tone={standing?.tone ?? (active ? "good" : "quiet")}>
              {standing?.word ?? (active ? "Active" : "Withdrawn")}
            </Badge>
            <ProofBadge level={proof.level} code={proof.code} short />
          </>
        }
        actions={
          active ? (
            <>
              {row.permit ? null : <Button onClick={() => setChanging("rights")}>Change what it may do…</Button>}
              <Button tone="danger" onClick={() => setChanging("end")}>
                Withdraw…
              </Button>
            </>
          ) : null
        }
      />
      <WaitingOn subject={row.id} />
      <Panel label="The client">
        <Facts
          rows={[
            ["Name in the log", <Digest key="id" value={row.id} full />],
            [
              row.permit ? "Each may" : "May",
              row.grants.map((grant) => <p key={grantText(grant)}>{grantText(grant)}</p>),
            ],
            ["Added", showDate(row.created, "exact")],
            [
              row.permit ? "Secret ends" : "Certificate ends",
              row.notAfter === null ? "not told" : showDate(row.notAfter, "exact"),
            ],
            ...permitFacts(row, standing, place.at),
            ...(row.permit
              ? []
              : ([
                  ["Last used a key", row.lastUsedAt === null ? "never" : <Age key="used" at={row.lastUsedAt} />],
                ] as const)),
          ]}
        />
      </Panel>
      {active && rest && !row.permit ? (
        <Panel title="Try it" hint="in the folder with the client's files">
          <div className="p-4">
            <CodeBlock label="command to try it" text={listSnippet(rest)} />
          </div>
        </Panel>
      ) : null}
      {standing?.open ? (
        <Panel title="On each machine" hint="in the folder with enrolment.secret and ca.crt">
          <div className="p-4">
            <CodeBlock label="command to enrol" text={enrolSnippet(rest ?? null)} />
          </div>
        </Panel>
      ) : null}
      {active && !row.permit && speaksKmip(row.grants) ? <ConnectPanel /> : null}
      {changing === "rights" ? <RightsDialog row={row} onClose={() => setChanging(null)} /> : null}
      {changing === "end" ? <RevokeDialog row={row} onClose={() => setChanging(null)} /> : null}
    </>
  );
}

/** What an enrolment secret lets in; of a client that came by one, that it did. */
function permitFacts(
  { permit, cameBy, letIn }: ClientRow,
  standing: PermitStanding | null,
  at: (path: string) => string,
): [string, ReactNode][] {
  if (permit === null) {
    if (cameBy === null) return [];
    const link = (
      <Link key="by" href={at(`clients/${cameBy}`)} className="rounded text-accent underline underline-offset-2">
        an enrolment secret
      </Link>
    );
    return [["Came by", link]];
  }
  return [
    ["What it is", "An enrolment secret: whoever holds it enrols clients. It opens nothing itself."],
    [
      "Lets in",
      `${standing?.open ? `${standing.left} more` : "nobody more"}: ${letIn} of ${permit.most} came, whatever became of them`,
    ],
    [
      "Only from",
      <span key="from" className="font-mono text-sm">
        {permit.networks.join(", ")}
      </span>,
    ],
    [
      "Each certificate",
      `good for ${showDuration(permit.validitySec)}, ${permit.renewable ? "renewable" : "not renewable"}`,
    ],
  ];
}
