"use client";
import { Lock, Plus, Server } from "lucide-react";
import Link from "next/link";
import { Badge } from "@/components/badge.tsx";
import { Button } from "@/components/button.tsx";
import { EmptyState } from "@/components/empty-state.tsx";
import { useNow } from "@/components/moment.tsx";
import { showNumber } from "@/components/number-text.ts";
import { PageHeader } from "@/components/page-header.tsx";
import { Panel } from "@/components/panel.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { Skeleton } from "@/components/skeleton.tsx";
import { Cell, HeadCell, Table } from "@/components/table.tsx";
import { usePlace } from "@/features/environment/environment-context.tsx";
import { AgeOfAgent } from "./age-of-agent.tsx";
import { agentCondition } from "./agent-troubles.ts";
import { useAgentList } from "./use-agents.ts";

/** The machines that hold the keys. */
export function AgentList() {
  const place = usePlace();
  const { rows: agents, loading, problem } = useAgentList();
  const now = useNow();
  return (
    <>
      <PageHeader
        title="Key servers"
        detail="Keys live in these processes, on your machines, and nowhere else. They dial out; nothing dials in."
        actions={
          <>
            {agents.length > 0 ? (
              <Button asChild>
                <Link href={place.at("lock")}>
                  <Lock size={14} aria-hidden="true" />{" "}
                  {agents.some(({ locked }) => locked) ? "Unlock the environment…" : "Lock the environment…"}
                </Link>
              </Button>
            ) : null}
            <Button tone="primary" asChild>
              <Link href={place.at("servers/new")}>
                <Plus size={15} aria-hidden="true" /> Add a key server
              </Link>
            </Button>
          </>
        }
      />
      {problem ? <ProblemNotice problem={problem} /> : null}
      <Panel label="Key servers">
        {loading || problem ? (
          <Skeleton rows={2} />
        ) : agents.length === 0 ? (
          <EmptyState
            icon={<Server size={18} />}
            title="No key server yet"
            action={
              <Button tone="primary" asChild>
                <Link href={place.at("start")}>Connect your key server</Link>
              </Button>
            }
          >
            Each environment has a key server of its own. The one that{" "}
            <code className="font-mono text-sm">npm start</code> starts serves the first environment that it is
            connected to; for another one start another key server, with{" "}
            <code className="font-mono text-sm">holdfast-agent init</code> and{" "}
            <code className="font-mono text-sm">serve</code>.
          </EmptyState>
        ) : (
          <Table
            label="Key servers"
            head={
              <>
                <HeadCell>Name</HeadCell>
                <HeadCell>Condition</HeadCell>
                <HeadCell>Version</HeadCell>
                <HeadCell className="text-right">Log entries</HeadCell>
                <HeadCell className="text-right">Heard</HeadCell>
              </>
            }
          >
            {agents.map((agent) => {
              const [word, tone] = agentCondition(agent, now);
              return (
                <tr key={agent.aid} className="hover:bg-hover">
                  <Cell>
                    <Link href={place.at(`servers/${agent.aid}`)} className="rounded font-medium hover:underline">
                      {agent.name}
                    </Link>
                  </Cell>
                  <Cell>
                    <Badge tone={tone}>{word}</Badge>
                  </Cell>
                  <Cell label="Version" className="font-mono text-sm text-muted">
                    {agent.version ?? "unknown"}
                  </Cell>
                  <Cell label="Log entries" className="text-right text-muted tabular">
                    {agent.size === null ? "none" : showNumber(agent.size)}
                  </Cell>
                  <Cell label="Heard" className="text-right">
                    <AgeOfAgent agent={agent} />
                  </Cell>
                </tr>
              );
            })}
          </Table>
        )}
      </Panel>
    </>
  );
}
