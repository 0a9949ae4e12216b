"use client";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Badge } from "@/components/badge.tsx";
import { Button } from "@/components/button.tsx";
import { CodeBlock } from "@/components/code-block.tsx";
import { Dialog } from "@/components/dialog.tsx";
import { Digest } from "@/components/digest.tsx";
import { TextField } from "@/components/field.tsx";
import { Age } from "@/components/moment.tsx";
import { PageHeader } from "@/components/page-header.tsx";
import { Facts, Panel } from "@/components/panel.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { Skeleton } from "@/components/skeleton.tsx";
import { showDate } from "@/components/time-text.ts";
import { useAgents } from "@/features/agents/use-agents.ts";
import { ReviewProposal } from "@/features/approvals/review-proposal.tsx";
import { useDrafts } from "@/features/approvals/use-proposal.ts";
import { problemOf } from "@/features/connection/problem-of.ts";
import { useTRPC } from "@/features/connection/trpc.ts";
import { ProofBadge } from "@/features/custody/proof-badge.tsx";
import { useObjectProof } from "@/features/custody/use-object-proof.ts";
import { useScope } from "@/features/environment/environment-context.tsx";
import type { ClientRow } from "./client-row.ts";
import { grantText } from "./grant-text.ts";
import { listSnippet } from "./list-snippet.ts";

/** One application: who it is, what it may, when it last did, and how to stop it. */
export function ClientDetail({ clientId }: { clientId: string }) {
  const trpc = useTRPC();
  const scope = useScope();
  const [revoking, setRevoking] = useState(false);
  const client = useQuery(trpc.client.get.queryOptions({ ...scope, clientId }));
  const rest = useAgents().find((agent) => agent.rest)?.rest;
  const row = client.data;
  const proof = useObjectProof(row ?? null);
  if (client.error) return <ProblemNotice problem={problemOf(client.error)} />;
  if (!row) return <Skeleton rows={5} />;
  const active = row.state === "active";
  return (
    <>
      <PageHeader
        title={row.label}
        badges={
          <>
            <Badge tone={active ? "good" : "quiet"}>{active ? "Active" : "Revoked"}</Badge>
            <ProofBadge level={proof.level} code={proof.code} short />
          </>
        }
        actions={
          active ? (
            <Button tone="danger" onClick={() => setRevoking(true)}>
              Revoke…
            </Button>
          ) : null
        }
      />
      <Panel label="The client">
        <Facts
          rows={[
            ["Name in the log", <Digest key="id" value={row.id} full />],
            ["May", row.grants.map((grant) => <p key={grantText(grant)}>{grantText(grant)}</p>)],
            ["Added", showDate(row.created, "exact")],
            ["Certificate ends", row.notAfter === null ? "not told" : showDate(row.notAfter, "exact")],
            ["Last used a key", row.lastUsedAt === null ? "never" : <Age key="used" at={row.lastUsedAt} />],
          ]}
        />
      </Panel>
      {active && rest ? (
        <Panel title="Try it" hint="in the folder with the client's files">
          <div className="p-4">
            <CodeBlock label="command" text={listSnippet(rest)} />
          </div>
        </Panel>
      ) : null}
      {revoking ? <RevokeDialog row={row} onClose={() => setRevoking(false)} /> : null}
    </>
  );
}

function RevokeDialog({ row, onClose }: { row: ClientRow; onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const [reviewing, setReviewing] = useState(false);
  const requests = useMemo(
    () =>
      reviewing
        ? [
            {
              act: "client.revoke" as const,
              target: { kind: "client" as const, client: row.id, label: row.label },
              args: {},
            },
          ]
        : [],
    [reviewing, row],
  );
  const drafts = useDrafts(requests, "");
  const inUse = row.lastUsedAt !== null;
  return (
    <Dialog open onOpenChange={(open) => (open ? null : onClose())} title={`Revoke ${row.label}`}>
      {reviewing ? (
        <ReviewProposal drafts={drafts} action="Propose: revoke" danger />
      ) : (
        <div className="space-y-4">
          <p>
            Its certificate stops working at once and for ever: every encryption and decryption by this client is
            refused. Keys and data stay as they are; other clients do not notice.
          </p>
          <p className="rounded-lg bg-quiet px-4 py-2.5">
            {row.lastUsedAt === null ? (
              "It never used a key."
            ) : (
              <>
                It last used a key <Age at={row.lastUsedAt} />.
              </>
            )}
          </p>
          {inUse ? (
            <TextField
              label={`Type ${row.label} to go on`}
              autoComplete="off"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          ) : null}
          <Button tone="danger" disabled={inUse && typed.trim() !== row.label} onClick={() => setReviewing(true)}>
            Show the exact request
          </Button>
        </div>
      )}
    </Dialog>
  );
}
