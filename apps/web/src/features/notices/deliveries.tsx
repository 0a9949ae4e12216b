"use client";
import { useMutation } from "@tanstack/react-query";
import { Badge } from "@/components/badge.tsx";
import { Button } from "@/components/button.tsx";
import { Age } from "@/components/moment.tsx";
import { Panel } from "@/components/panel.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { Skeleton } from "@/components/skeleton.tsx";
import { Cell, HeadCell, Table } from "@/components/table.tsx";
import { showDate } from "@/components/time-text.ts";
import { problemOf } from "@/features/connection/problem-of.ts";
import { useTRPCClient } from "@/features/connection/trpc.ts";
import { useScope } from "@/features/environment/environment-context.tsx";
import { type Delivery, useDeliveries, useReceivers, useReread } from "./use-notices.ts";

/** The last deliveries, each with what became of it and the way on. */
export function Deliveries() {
  const deliveries = useDeliveries();
  const receivers = useReceivers();
  const client = useTRPCClient();
  const scope = useScope();
  const onSuccess = useReread();
  const retry = useMutation({
    mutationFn: ({ noticeId, channelId }: Delivery) => client.notice.retry.mutate({ ...scope, noticeId, channelId }),
    onSuccess,
  });
  const rows = deliveries.data?.rows;
  const dead = rows?.filter(({ state }) => state === "dead").length ?? 0;
  const nameOf = (id: string) => receivers.data?.rows.find((row) => row.id === id)?.name ?? "";
  if (rows?.length === 0) return null;
  return (
    <Panel title="Last deliveries" hint={dead > 0 ? `${dead} given up` : undefined}>
      {retry.error ? (
        <div className="p-4">
          <ProblemNotice problem={problemOf(retry.error)} />
        </div>
      ) : null}
      {rows === undefined ? (
        <Skeleton rows={3} />
      ) : (
        <Table
          label="Last deliveries"
          head={
            <>
              <HeadCell>Notice</HeadCell>
              <HeadCell>To</HeadCell>
              <HeadCell>Became of it</HeadCell>
              <HeadCell className="text-right">When</HeadCell>
            </>
          }
        >
          {rows.map((row) => (
            <tr key={`${row.noticeId} ${row.channelId}`}>
              <Cell className="font-medium">{row.title}</Cell>
              <Cell label="To" className="font-mono text-sm text-muted [overflow-wrap:anywhere]">
                {nameOf(row.channelId)}
              </Cell>
              <Cell>
                <Outcome row={row} busy={retry.isPending} onRetry={() => retry.mutate(row)} />
              </Cell>
              <Cell label="When" className="whitespace-nowrap text-right text-muted">
                <Age at={row.triedAt ?? row.createdAt} />
              </Cell>
            </tr>
          ))}
        </Table>
      )}
    </Panel>
  );
}

function Outcome({ row, busy, onRetry }: { row: Delivery; busy: boolean; onRetry: () => void }) {
  const { state, tries, failure, nextAt } = row;
  if (state === "delivered") return <Badge tone="good">Delivered</Badge>;
  if (failure === null) return <Badge>On its way</Badge>;
  const status = failure.status === null ? "" : ` (${failure.status})`;
  return (
    <div className="space-y-1">
      <div className="flex flex-wrap items-center gap-2">
        <Badge tone={state === "dead" ? "danger" : "warning"}>
          {state === "dead" ? "Given up" : "Failed"} after {tries} {tries === 1 ? "try" : "tries"}
        </Badge>
        {state === "dead" ? (
          <Button size="small" busy={busy} onClick={onRetry}>
            Send again
          </Button>
        ) : null}
      </div>
      <p className="text-sm">
        {failure.what}
        {status} <span className="text-muted">{failure.next}</span> <span className="font-mono">{failure.code}</span>
      </p>
      {nextAt === null ? null : <p className="text-sm text-muted">Next try: {showDate(nextAt, "exact")}</p>}
    </div>
  );
}
