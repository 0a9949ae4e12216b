"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/features/connection/trpc.ts";
import { useScope } from "@/features/environment/environment-context.tsx";
import { type NewestPolicy, newestPolicy } from "./newest-policy.ts";

/** What was decided last about automatic backups; null until it is known. */
export function usePolicy(): NewestPolicy | null {
  const trpc = useTRPC();
  const input = { ...useScope(), kind: "backup.policy", limit: 1 };
  const newest = useQuery(trpc.log.list.queryOptions(input)).data;
  return newest === undefined ? null : newestPolicy(newest.rows[0] ?? null);
}
