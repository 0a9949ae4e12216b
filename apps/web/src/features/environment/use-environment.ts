"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/features/connection/trpc.ts";
import { useScope } from "./environment-context.tsx";

/** What the control plane says of this environment: its name, its trust root's id, its key servers. */
export function useEnvironment(everyMs = 30_000) {
  const trpc = useTRPC();
  return useQuery(trpc.environment.get.queryOptions(useScope(), { refetchInterval: everyMs }));
}
