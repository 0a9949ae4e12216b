"use client";
import { useQuery } from "@tanstack/react-query";
import type { CommandRow } from "@/features/approvals/command-row.ts";
import { readCommand } from "@/features/approvals/read-command.ts";
import type { ClientRow } from "@/features/clients/client-row.ts";
import { useTRPC } from "@/features/connection/trpc.ts";
import { useScope } from "@/features/environment/environment-context.tsx";
import type { KeyRow } from "@/features/keys/key-row.ts";

/** Whether a client's grants let it encrypt with a key. */
function mayEncrypt({ grants }: ClientRow, key: KeyRow): boolean {
  return grants.some(
    ({ ops, keys }) =>
      (ops.includes("encrypt") || ops.includes("all")) &&
      (keys.kind === "all" ||
        (keys.kind === "group" && keys.id === key.group) ||
        (keys.kind === "key" && keys.id === key.id)),
  );
}

/** The key before the client that may use it, in whatever order they are listed. */
function asProposed(one: CommandRow, other: CommandRow): number {
  const [first, second] = [one, other].map((row) => readCommand(row.doc, row.hash)?.command);
  if (!first || !second) return 0;
  return first.issued - second.issued || Number(first.act === "client.enrol") - Number(second.act === "client.enrol");
}

/** The first active key and client, if there are any yet, and whether there ever was one of each. */
export function useFirstObjects() {
  const trpc = useTRPC();
  const scope = useScope();
  const often = { refetchInterval: 2_000 };
  const keys = useQuery(trpc.key.list.queryOptions({ ...scope, state: "active", sort: "created", limit: 50 }, often));
  const anyKey = useQuery(trpc.key.list.queryOptions({ ...scope, limit: 1 }, often));
  const clients = useQuery(trpc.client.list.queryOptions(scope, often));
  const open = useQuery(trpc.command.list.queryOptions({ ...scope, status: "open", limit: 10 }, often));
  const done = useQuery(trpc.command.list.queryOptions({ ...scope, status: "done", limit: 1 }, often));
  const newest = done.data?.rows[0];
  const active = clients.data?.rows.filter((row) => row.state === "active") ?? [];
  const oldestFirst = keys.data?.rows.toReversed() ?? [];
  const pair = oldestFirst.flatMap((key) =>
    active.filter((row) => mayEncrypt(row, key)).map((row) => [key, row] as const),
  )[0];
  return {
    key: pair?.[0] ?? oldestFirst[0] ?? null,
    client: pair?.[1] ?? active[0] ?? null,
    made: Boolean(anyKey.data?.rows.length && clients.data?.rows.length),
    loading: keys.isPending || anyKey.isPending || clients.isPending,
    waiting: (open.data?.rows ?? []).toSorted(asProposed).map((row) => row.hash),
    /** The newest decision, where nothing waits: why the form is there again. */
    rejected: open.data?.rows.length === 0 && newest?.status === "cancelled",
  };
}
