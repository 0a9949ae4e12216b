"use client";
import { useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import type { Problem } from "@/components/problem.tsx";
import { problemOf } from "@/features/connection/problem-of.ts";
import { useTRPC } from "@/features/connection/trpc.ts";
import { useScope } from "@/features/environment/environment-context.tsx";
import type { AppRouter } from "@/server/trpc/app-router.type.ts";

export type AgentRow = inferRouterOutputs<AppRouter>["agent"]["list"]["rows"][number];

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
