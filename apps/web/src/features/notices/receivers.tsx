"use client";
import { useMutation } from "@tanstack/react-query";
import { Bell } from "lucide-react";
import { useState } from "react";
import { Badge } from "@/components/badge.tsx";
import { Button } from "@/components/button.tsx";
import { EmptyState } from "@/components/empty-state.tsx";
import { Age } from "@/components/moment.tsx";
import { Panel } from "@/components/panel.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { Skeleton } from "@/components/skeleton.tsx";
import { Cell, HeadCell, Table } from "@/components/table.tsx";
import { problemOf } from "@/features/connection/problem-of.ts";
import { useTRPCClient } from "@/features/connection/trpc.ts";
import { useScope } from "@/features/environment/environment-context.tsx";
import { ReceiverDialog } from "./receiver-dialog.tsx";
import { type NoticeKinds, type Receiver, useReceivers, useReread } from "./use-notices.ts";

/** What whoever watches over administrators and rules has to hear; receivers that are older than it were never asked. */
const DECISIONS = "changes.decided";

/** The receivers, each with its test. */
export function Receivers({ onAdd }: { onAdd: () => void }) {
  const { data } = useReceivers();
  const client = useTRPCClient();
  const scope = useScope();
  const reread = useReread();
  const [chosen, setChosen] = useState<string | null>(null);
  const test = useMutation({
    mutationFn: (id: string) => client.notice.test.mutate({ ...scope, id }),
    onSuccess: reread,
  });
  const row = data?.rows.find(({ id }) => id === chosen);
  return (
    <Panel title="Receivers">
      {test.error ? (
        <div className="p-4">
          <ProblemNotice problem={problemOf(test.error)} />
        </div>
      ) : null}
      {data === undefined ? <Skeleton rows={2} /> : null}
      {data?.rows.length === 0 ? (
        <EmptyState
          icon={<Bell size={18} />}
          title="Nobody is told yet"
          action={
            <Button disabled={!data.offered.webhook} onClick={onAdd}>
              Add a receiver
            </Button>
          }
        >
          Approvals that wait, delays that run, ends, silence and alarms show here, and reach you only if you look.
        </EmptyState>
      ) : null}
      {data && data.rows.length > 0 ? (
        <Table
          label="Receivers"
          head={
            <>
              <HeadCell>Receiver</HeadCell>
              <HeadCell>Told of</HeadCell>
              <HeadCell className="text-right">Added</HeadCell>
              <HeadCell>
                <span className="sr-only">Test or change</span>
              </HeadCell>
            </>
          }
        >
          {data.rows.map((receiver) => (
            <ReceiverRow
              key={receiver.id}
              receiver={receiver}
              kinds={data.kinds}
              busy={test.isPending && test.variables === receiver.id}
              onTest={() => test.mutate(receiver.id)}
              onChange={() => setChosen(receiver.id)}
            />
          ))}
        </Table>
      ) : null}
      {row && data ? <ReceiverDialog receiver={row} kinds={data.kinds} onClose={() => setChosen(null)} /> : null}
    </Panel>
  );
}

interface RowProps {
  receiver: Receiver;
  kinds: NoticeKinds;
  busy: boolean;
  onTest: () => void;
  onChange: () => void;
}

function ReceiverRow({ receiver, kinds, busy, onTest, onChange }: RowProps) {
  const { name, form, confirmed, createdAt } = receiver;
  return (
    <tr>
      <Cell>
        <span className="font-mono text-sm [overflow-wrap:anywhere]">{name}</span>{" "}
        <Badge>{form === "mail" ? "mail" : "webhook"}</Badge>{" "}
        {confirmed ? null : <Badge tone="warning">waits for its code</Badge>}
      </Cell>
      <Cell label="Told of" className="text-muted">
        {toldText(receiver, kinds)}
        {receiver.kinds.includes(DECISIONS) ? null : (
          <span className="mt-1 block text-warning">
            Not told of decisions: a change of administrators or rules, a lock or a destruction that is in force,
            stopped or refused. Choose it under “Change”.
          </span>
        )}
      </Cell>
      <Cell label="Added" className="whitespace-nowrap text-right text-muted">
        <Age at={createdAt} />
      </Cell>
      <Cell className="whitespace-nowrap text-right">
        <Button
          size="small"
          busy={busy}
          aria-label={confirmed ? `Test ${name}` : `Send the code to ${name} again`}
          onClick={onTest}
        >
          {confirmed ? "Test" : "Send code again"}
        </Button>{" "}
        <Button size="small" tone="quiet" aria-label={`Change ${name}`} onClick={onChange}>
          {confirmed ? "Change" : "Enter code"}
        </Button>
      </Cell>
    </tr>
  );
}

/** What it is told; or, where that is shorter, what it is not. */
function toldText(receiver: Receiver, kinds: NoticeKinds): string {
  const told = kinds.filter(({ kind }) => receiver.kinds.includes(kind));
  const missing = kinds.filter((each) => !told.includes(each));
  const titles = (of: NoticeKinds) => of.map(({ title }) => title).join(", ");
  if (missing.length === 0) return "everything";
  return missing.length < told.length ? `everything but: ${titles(missing)}` : titles(told);
}
