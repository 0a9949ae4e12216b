"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import Link from "next/link";
import { Button } from "@/components/button.tsx";
import { showCount, showNumber } from "@/components/number-text.ts";
import { PageHeader } from "@/components/page-header.tsx";
import { Panel } from "@/components/panel.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { saveFile } from "@/components/save-file.ts";
import { Skeleton } from "@/components/skeleton.tsx";
import { Cell, HeadCell, Table } from "@/components/table.tsx";
import { problemOf } from "@/features/connection/problem-of.ts";
import { useTRPC, useTRPCClient } from "@/features/connection/trpc.ts";
import { usePlace, useScope } from "@/features/environment/environment-context.tsx";
import { collectStored } from "./collect-stored.ts";

/** Every table that holds something about the organisation, and everything about the person, to read and to take along. */
export function Stored() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const place = usePlace();
  const { tenantId } = useScope();
  const stored = useQuery(trpc.stored.list.queryOptions({ tenantId }));
  const tables = stored.data?.tables;
  const exportAll = useMutation({
    mutationFn: async () => {
      const all = await collectStored(client, tenantId, tables ?? []);
      saveFile("holdfast-export.json", JSON.stringify(all, null, 1), "application/json");
    },
  });
  const error = stored.error ?? exportAll.error;
  return (
    <>
      <PageHeader
        title="What we store about you"
        detail="All of it. No key, no passphrase, no private half of anything: none of these tables could hold one."
        actions={
          <Button busy={exportAll.isPending} disabled={!tables} onClick={() => exportAll.mutate()}>
            <Download size={14} aria-hidden="true" /> Export everything
          </Button>
        }
      />
      {error ? <ProblemNotice problem={problemOf(error)} /> : null}
      <Panel title="About your organisation">
        {tables ? (
          <Table
            label="Tables"
            head={
              <>
                <HeadCell>What</HeadCell>
                <HeadCell>What for</HeadCell>
                <HeadCell>Kept</HeadCell>
                <HeadCell className="text-right">Rows</HeadCell>
              </>
            }
          >
            {tables.map((table) => (
              <tr key={table.name}>
                <Cell className="min-w-52 align-top">
                  {table.what} <code className="block font-mono text-xs text-muted">{table.name}</code>
                </Cell>
                <Cell label="What for" className="min-w-52 align-top text-muted">
                  {table.why}
                </Cell>
                <Cell label="Kept" className="align-top text-muted">
                  {table.kept}
                </Cell>
                <Cell label="Rows" className="text-right align-top tabular">
                  {showNumber(table.rows)}
                </Cell>
              </tr>
            ))}
          </Table>
        ) : (
          <Skeleton rows={8} />
        )}
      </Panel>
      <AboutYou />
      <Panel title="In this browser">
        <p className="px-4 py-3.5 text-muted">
          One cookie that keeps you signed in, one for the colours, and the public facts that you compared by words: the
          environment&apos;s id, its list of administrators, and the head of its log. No other cookie, nothing for
          advertising, nothing from third parties.
        </p>
      </Panel>
      <Panel title="Leave">
        <p className="px-4 py-3.5 text-muted">
          Your keys do not depend on this dashboard: unlink the key server on its machine and it goes on with every key,
          its page and its command line. Export what you want to keep, then ask whoever runs this dashboard to delete
          the organisation.{" "}
          <Link href={place.at("servers")} className="rounded text-accent underline">
            Your key servers
          </Link>
        </p>
      </Panel>
    </>
  );
}

function AboutYou() {
  const trpc = useTRPC();
  const account = useQuery(trpc.stored.account.queryOptions());
  return (
    <Panel title="About you" hint="your account, its passkeys' public halves, its sessions">
      {account.data ? (
        <details className="px-4 py-3.5">
          <summary className="w-fit rounded">
            {account.data.account.name} · {showCount(account.data.passkeys.length, "passkey")} ·{" "}
            {showCount(account.data.sessions.length, "session")}
          </summary>
          <pre className="scroll-thin mt-3 overflow-x-auto rounded-lg border bg-ground p-3 font-mono text-xs">
            {JSON.stringify(account.data, null, 2)}
          </pre>
        </details>
      ) : (
        <Skeleton rows={1} />
      )}
    </Panel>
  );
}
