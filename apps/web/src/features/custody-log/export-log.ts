import { saveFile } from "@/components/save-file.ts";
import type { useTRPCClient } from "@/features/connection/trpc.ts";
import { csvText } from "./csv.ts";
import { readEntry } from "./read-entry.ts";

const PAGE = 200;

/** Saves the whole log: JSON with chain and signed head so that it can be verified elsewhere, or CSV for reading. */
export async function exportLog(
  client: ReturnType<typeof useTRPCClient>,
  scope: { tenantId: string; environmentId: string },
  form: "json" | "csv",
): Promise<void> {
  const entries = [];
  let cursor: string | undefined;
  do {
    const page = await client.log.list.query({ ...scope, limit: PAGE, cursor });
    entries.push(...page.rows);
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  entries.sort((a, b) => a.n - b.n);
  if (form === "json") {
    const [chain, head] = await Promise.all([
      client.environment.chain.query(scope),
      client.environment.head.query(scope),
    ]);
    saveFile(
      "custody-log.json",
      JSON.stringify({ chain: chain.chain, checkpoint: head?.checkpoint ?? null, entries }, null, 1),
      "application/json",
    );
    return;
  }
  const lines = entries.map((entry) => {
    const read = readEntry(entry);
    if (!read) return [entry.n, "", "", "", "", ""];
    return [entry.n, new Date(read.at * 1000).toISOString(), read.leaf.kind, read.leaf.subject, read.who, read.title];
  });
  saveFile("custody-log.csv", csvText([["n", "time", "kind", "subject", "by", "what"], ...lines]), "text/csv");
}
