"use client";
import { useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { useTRPC } from "@/features/connection/trpc.ts";
import { useScope } from "@/features/environment/environment-context.tsx";
import type { AppRouter } from "@/server/trpc/app-router.type.ts";

export type AgentRow = inferRouterOutputs<AppRouter>["agent"]["list"]["rows"][number];

/** A key server reports at least once a minute; after two it is not heard. */
export const SILENT_AFTER_SECONDS = 150;

/** The key servers of this environment, as they last reported. */
export function useAgents(): readonly AgentRow[] {
  const trpc = useTRPC();
  return useQuery(trpc.agent.list.queryOptions(useScope(), { refetchInterval: 20_000 })).data?.rows ?? [];
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
