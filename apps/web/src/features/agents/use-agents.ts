"use client";
import { useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import type { Problem } from "@/components/problem.tsx";
import { problemOf } from "@/features/connection/problem-of.ts";
import { useTRPC } from "@/features/connection/trpc.ts";
import { useScope } from "@/features/environment/environment-context.tsx";
import type { AppRouter } from "@/server/trpc/app-router.type.ts";

export type AgentRow = inferRouterOutputs<AppRouter>["agent"]["list"]["rows"][number];

/** A key server reports at least once a minute; after two it is not heard. */
export const SILENT_AFTER_SECONDS = 150;

/** The key servers of this environment, as they last reported; none where they are not known (yet). */
export function useAgents(): readonly AgentRow[] {
  return useAgentList().rows;
}

/** The same, with whether they are known, and what stands in the way. */
export function useAgentList(): { rows: readonly AgentRow[]; loading: boolean; problem: Problem | null } {
  const trpc = useTRPC();
  const list = useQuery(trpc.agent.list.queryOptions(useScope(), { refetchInterval: 20_000 }));
  return { rows: list.data?.rows ?? [], loading: list.isPending, problem: list.error ? problemOf(list.error) : null };
}

/** In one word how a key server is. */
export function agentCondition(
  agent: AgentRow,
  now: number,
): readonly [word: string, tone: "good" | "warning" | "danger"] {
  if (agent.lastSeenAt === null || now - agent.lastSeenAt > SILENT_AFTER_SECONDS) return ["not heard", "warning"];
  if (agent.sealed) return ["sealed", "danger"];
  if (agent.recovering) return ["recovering", "warning"];
  if (agent.locked) return ["locked", "warning"];
  return ["serving", "good"];
}
