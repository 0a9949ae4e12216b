import type { inferRouterOutputs } from "@trpc/server";
import type { useTRPCClient } from "@/features/connection/trpc.ts";
import type { AppRouter } from "@/server/trpc/app-router.type.ts";

type StoredTable = inferRouterOutputs<AppRouter>["stored"]["list"]["tables"][number];

/** Everything stored about the organisation and the person, table by table, page by page. */
export async function collectStored(
  client: ReturnType<typeof useTRPCClient>,
  tenantId: string,
  tables: readonly StoredTable[],
): Promise<Record<string, unknown>> {
  const organisation: Record<string, unknown[]> = {};
  for (const { name } of tables) {
    const rows: unknown[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.stored.export.query({ tenantId, table: name, cursor });
      rows.push(...page.rows);
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    organisation[name] = rows;
  }
  return { exportedAt: new Date().toISOString(), you: await client.stored.account.query(), organisation };
}
