"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/features/connection/trpc.ts";
import { useScope } from "@/features/environment/environment-context.tsx";

/** The first active key and client, if there are any yet. */
export function useFirstObjects() {
  const trpc = useTRPC();
  const scope = useScope();
  const often = { refetchInterval: 2_000 };
  const keys = useQuery(trpc.key.list.queryOptions({ ...scope, state: "active", sort: "created", limit: 1 }, often));
  const clients = useQuery(trpc.client.list.queryOptions(scope, often));
  const open = useQuery(trpc.command.list.queryOptions({ ...scope, status: "open", limit: 10 }, often));
  return {
    key: keys.data?.rows[0] ?? null,
    client: clients.data?.rows.find((row) => row.state === "active") ?? null,
    waiting: open.data?.rows.map((row) => row.hash) ?? [],
  };
}
