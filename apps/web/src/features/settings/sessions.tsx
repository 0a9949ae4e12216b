"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { LogOut } from "lucide-react";
import { Badge } from "@/components/badge.tsx";
import { Button } from "@/components/button.tsx";
import { Age } from "@/components/moment.tsx";
import { Panel } from "@/components/panel.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { Skeleton } from "@/components/skeleton.tsx";
import { Cell, HeadCell, Table } from "@/components/table.tsx";
import { problemOf } from "@/features/connection/problem-of.ts";
import { useTRPC, useTRPCClient } from "@/features/connection/trpc.ts";

/** Where this account is signed in, and the way to end it. */
export function Sessions() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queries = useQueryClient();
  const sessions = useQuery(trpc.session.list.queryOptions());
  const onSuccess = () => queries.invalidateQueries({ queryKey: trpc.session.pathKey() });
  const end = useMutation({ mutationFn: (id: string) => client.session.end.mutate({ id }), onSuccess });
  const endOthers = useMutation({ mutationFn: () => client.session.endOthers.mutate(), onSuccess });
  const signOut = useMutation({
    mutationFn: () => client.session.signOut.mutate(),
    onSettled: () => location.assign("/sign-in"),
  });
  const rows = sessions.data?.rows;
  const error = sessions.error ?? end.error ?? endOthers.error;
  return (
    <Panel
      title="Sessions"
      hint="where you are signed in"
      action={
        <span className="flex gap-1.5">
          {rows && rows.length > 1 ? (
            <Button size="small" busy={endOthers.isPending} onClick={() => endOthers.mutate()}>
              End all others
            </Button>
          ) : null}
          <Button size="small" busy={signOut.isPending} onClick={() => signOut.mutate()}>
            <LogOut size={13} aria-hidden="true" /> Sign out
          </Button>
        </span>
      }
    >
      {error ? (
        <div className="p-4 pb-0">
          <ProblemNotice problem={problemOf(error)} />
        </div>
      ) : null}
      {rows ? (
        <Table
          label="Sessions"
          head={
            <>
              <HeadCell>Device</HeadCell>
              <HeadCell className="text-right">Signed in</HeadCell>
              <HeadCell className="text-right">Last seen</HeadCell>
              <HeadCell className="text-right">Ends</HeadCell>
              <HeadCell>
                <span className="sr-only">End it</span>
              </HeadCell>
            </>
          }
        >
          {rows.map((row) => (
            <tr key={row.id}>
              <Cell className="font-medium">
                {row.device} {row.current ? <Badge tone="good">this one</Badge> : null}
              </Cell>
              <Cell label="Signed in" className="whitespace-nowrap text-right text-muted">
                <Age at={row.createdAt} />
              </Cell>
              <Cell label="Last seen" className="whitespace-nowrap text-right text-muted">
                <Age at={row.lastSeenAt} />
              </Cell>
              <Cell label="Ends" className="whitespace-nowrap text-right text-muted">
                <Age at={row.expiresAt} />
              </Cell>
              <Cell className="text-right">
                {row.current ? null : (
                  <Button size="small" tone="quiet" aria-label={`End ${row.device}`} onClick={() => end.mutate(row.id)}>
                    End
                  </Button>
                )}
              </Cell>
            </tr>
          ))}
        </Table>
      ) : (
        <Skeleton rows={2} />
      )}
    </Panel>
  );
}
