import type { Evidence } from "@/browser/prove/evidence.ts";
import type { useTRPCClient } from "@/features/connection/trpc.ts";

/** Most entries that are looked at for links and names. */
const MOST = 200;

/** The control plane as a source of evidence. It is believed in nothing; browser/prove judges what comes. */
export function evidenceFrom(
  client: ReturnType<typeof useTRPCClient>,
  scope: { readonly tenantId: string; readonly environmentId: string },
): Evidence {
  return {
    chain: async () => (await client.environment.chain.query(scope)).chain,
    checkpoint: async () => (await client.environment.head.query(scope))?.checkpoint ?? null,
    entry: (n) => client.log.entry.query({ ...scope, n }),
    inclusion: async (n, size) => (await client.log.inclusion.query({ ...scope, n, size })).hashes,
    consistency: async (from, to) => (await client.log.consistency.query({ ...scope, from, to })).hashes,
    entries: async ({ most, ...filter }) =>
      (await client.log.list.query({ ...scope, ...filter, limit: most ?? MOST })).rows,
  };
}
