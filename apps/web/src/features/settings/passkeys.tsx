"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import dynamic from "next/dynamic";
import { useState } from "react";
import { Badge } from "@/components/badge.tsx";
import { Button } from "@/components/button.tsx";
import { Age } from "@/components/moment.tsx";
import { Notice } from "@/components/notice.tsx";
import { Panel } from "@/components/panel.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { Skeleton } from "@/components/skeleton.tsx";
import { Cell, HeadCell, Table } from "@/components/table.tsx";
import { useTRPC, useTRPCClient } from "@/features/connection/trpc.ts";
import { createPasskey } from "@/features/sign-in/ceremonies.ts";
import { passkeyProblem } from "@/features/sign-in/passkey-problem.ts";
import { useStepUp } from "@/features/sign-in/use-step-up.ts";
import type { PasskeyRow } from "./passkey-dialog.tsx";

const PasskeyDialog = dynamic(() => import("./passkey-dialog.tsx").then((module) => module.PasskeyDialog), {
  ssr: false,
});

/** The passkeys that open this dashboard; a second one is asked for while there is only one. */
export function Passkeys() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queries = useQueryClient();
  const stepUp = useStepUp();
  const [chosen, setChosen] = useState<PasskeyRow | null>(null);
  const passkeys = useQuery(trpc.passkey.list.queryOptions());
  const rows = passkeys.data?.rows;
  const add = useMutation({
    mutationFn: async () => {
      const options = await stepUp(() => client.passkey.add.begin.mutate());
      const response = await createPasskey(options);
      await client.passkey.add.finish.mutate({ response });
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: trpc.passkey.pathKey() }),
  });
  return (
    <Panel
      title="Sign-in passkeys"
      hint="they open this dashboard and approve nothing"
      action={
        <Button size="small" busy={add.isPending} onClick={() => add.mutate()}>
          <Plus size={13} aria-hidden="true" /> Add a passkey
        </Button>
      }
    >
      {rows?.length === 1 ? (
        <div className="p-4">
          <Notice tone="warning" title="You have one passkey. Add a second one today.">
            <p>On another device or a security key. If you lose the only one, nobody can let you in again.</p>
          </Notice>
        </div>
      ) : null}
      {add.error ? (
        <div className="border-b p-4">
          <ProblemNotice problem={passkeyProblem(add.error)} />
        </div>
      ) : null}
      {rows ? (
        <Table
          label="Passkeys"
          head={
            <>
              <HeadCell>Name</HeadCell>
              <HeadCell>Where</HeadCell>
              <HeadCell className="text-right">Added</HeadCell>
              <HeadCell className="text-right">Last used</HeadCell>
              <HeadCell>
                <span className="sr-only">Change</span>
              </HeadCell>
            </>
          }
        >
          {rows.map((row) => (
            <tr key={row.id}>
              <Cell className="font-medium">
                {row.label} {row.current ? <Badge tone="good">signed in with it</Badge> : null}
              </Cell>
              <Cell className="text-muted">{row.backedUp ? "synced by its maker" : "on one device"}</Cell>
              <Cell label="Added" className="whitespace-nowrap text-right text-muted">
                <Age at={row.createdAt} />
              </Cell>
              <Cell label="Last used" className="whitespace-nowrap text-right text-muted">
                {row.lastUsedAt !== null ? <Age at={row.lastUsedAt} /> : row.current ? "this session" : "never"}
              </Cell>
              <Cell className="text-right">
                <Button size="small" tone="quiet" aria-label={`Change ${row.label}`} onClick={() => setChosen(row)}>
                  Change
                </Button>
              </Cell>
            </tr>
          ))}
        </Table>
      ) : (
        <Skeleton rows={2} />
      )}
      {chosen ? <PasskeyDialog row={chosen} only={rows?.length === 1} onClose={() => setChosen(null)} /> : null}
    </Panel>
  );
}
