"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/features/connection/trpc.ts";
import { useScope } from "@/features/environment/environment-context.tsx";
import { useEnvironment } from "@/features/environment/use-environment.ts";

export type NavCounts = Partial<Record<"keys" | "waiting" | "agents" | "clients", number>>;

/** The small numbers beside the pages' names. */
export function useNavCounts(): NavCounts {
  const trpc = useTRPC();
  const scope = useScope();
  const counts = useQuery(trpc.key.counts.queryOptions(scope));
  const waiting = useQuery(trpc.command.waiting.queryOptions(scope));
  const clients = useQuery(trpc.client.list.queryOptions(scope));
  const environment = useEnvironment();
  return {
    keys: counts.data?.total,
    waiting: waiting.data?.count,
    clients: clients.data?.rows.filter((client) => client.state === "active" && client.permit === null).length,
    agents: environment.data?.agents.length,
  };
}
