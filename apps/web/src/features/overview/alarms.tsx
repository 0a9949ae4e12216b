"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { CommandText } from "@/components/command-text.tsx";
import { Age, useNow } from "@/components/moment.tsx";
import { Notice } from "@/components/notice.tsx";
import { troublesOf } from "@/features/agents/agent-troubles.ts";
import { useAgents } from "@/features/agents/use-agents.ts";
import { useTRPC } from "@/features/connection/trpc.ts";
import { usePlace, useScope } from "@/features/environment/environment-context.tsx";

/** What an alarm means, by code; any other is one all the same. */
const MEANING: Readonly<Record<string, string>> = {
  E_LOG_ROLLBACK: "came back with a shorter log than it had: somebody may have put an older copy of it in place",
  E_ROSTER_SEQ:
    "was given two signed changes of administrators and rules for one place; one is in force, the other is kept as evidence",
  E_TENANT: "reported for another environment than its own",
  V_CONSISTENCY: "sent a log that does not extend the one before",
  C_DUP_AGENT: "answers from two places by turns: somebody runs a copy of its identity",
  V_ROOT: "sent entries that are not those of its signed log",
  W_EQUIVOCATION: "signed two different logs of one length",
  V_SIGNATURE: "sent a log head that none of this environment's key servers signed",
};

/** What somebody has to see to at the key servers; nothing where all is well. */
export function Alarms() {
  return (
    <>
      <RaisedAlarms />
      <Troubles />
    </>
  );
}

/** What the last seven days' uploads raised. */
function RaisedAlarms() {
  const trpc = useTRPC();
  const agents = useAgents();
  const rows = useQuery(trpc.agent.alarms.queryOptions(useScope(), { refetchInterval: 60_000 })).data?.rows ?? [];
  if (rows.length === 0) return null;
  return (
    <Notice tone="danger" title="A key server needs looking at" live>
      <ul className="space-y-1">
        {rows.map((row) => (
          <li key={row.id}>
            {agents.find(({ aid }) => aid === row.aid)?.name ?? row.aid ?? "A key server"}{" "}
            {MEANING[row.code] ?? "sent something that does not verify"}, <Age at={row.raisedAt} />.{" "}
            <span className="font-mono text-sm">{row.code}</span>
          </li>
        ))}
      </ul>
      <p className="mt-2">
        Keys are served as before. Look at that key server:{" "}
        <code className="font-mono text-sm">holdfast-agent doctor</code>.
      </p>
    </Notice>
  );
}

/** What the key servers say of themselves, or that they say nothing. */
function Troubles() {
  const now = useNow();
  const place = usePlace();
  return useAgents().flatMap((agent) =>
    troublesOf(agent, now).map(({ word, tone, title, means, next }) => (
      <Notice
        key={`${agent.aid} ${word}`}
        tone={tone}
        live={tone === "danger"}
        title={
          <>
            <Link href={place.at(`servers/${agent.aid}`)} className="rounded underline">
              {agent.name}
            </Link>{" "}
            {title}
          </>
        }
      >
        <p>
          {means} <CommandText text={next} />
        </p>
      </Notice>
    )),
  );
}
