import type { OutcomeClaim } from "@/browser/prove/prove-outcome.ts";
import { codeOf } from "@/features/connection/problem-of.ts";
import type { useTRPCClient } from "@/features/connection/trpc.ts";

type Client = ReturnType<typeof useTRPCClient>;
interface Scope {
  readonly tenantId: string;
  readonly environmentId: string;
}

/** What the dashboard's record says of a command or change now; null where it has none. */
export async function readRow(
  { of, hash }: Pick<OutcomeClaim, "of" | "hash">,
  client: Client,
  scope: Scope,
): Promise<OutcomeClaim | null> {
  if (of === "link") {
    const { links } = await client.roster.list.query(scope);
    const row = links.find((each) => each.hash === hash);
    return row === undefined ? null : { of, hash, status: row.status, entry: null };
  }
  try {
    const { status, entry } = await client.command.get.query({ ...scope, hash });
    return { of, hash, status, entry };
  } catch (error) {
    if (codeOf(error) !== "NOT_FOUND") throw error;
    return null;
  }
}

/** Whether the dashboard's record says something else by now. */
export async function rowMoved(claim: OutcomeClaim, client: Client, scope: Scope): Promise<boolean> {
  const now = await readRow(claim, client, scope);
  return now !== null && (now.status !== claim.status || now.entry !== claim.entry);
}
