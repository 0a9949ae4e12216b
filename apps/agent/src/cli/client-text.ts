import type { ClientView } from "../admin/answers.ts";
import { showGrant } from "./grant-words.ts";
import { facts, showTime, table } from "./output.ts";

/** One client as text for a person. */
export function clientText(client: ClientView): string {
  return facts([
    ["client", client.clientId],
    ["name", client.label],
    ["state", client.locked ? `${client.state}, LOCKED: ${client.locked}` : client.state],
    ["may", client.grants.map(showGrant).join("; ")],
    ...(client.certifiedBy === undefined ? [] : [["certified by", "your company's authority"] as [string, string]]),
    ["until", showTime(client.notAfter)],
    ...client.earlier.map(({ until }): [string, string] => ["key before", `good until ${showTime(until)}`]),
  ]);
}

/** Several clients as a table for a person. */
export function clientTable(clients: readonly ClientView[]): string {
  if (clients.length === 0) return "No clients yet. Enrol one with `holdfast-agent client create NAME --cert DIR …`.";
  const isChanging = clients.some(({ authority }) => authority !== undefined);
  return table(
    ["CLIENT", "NAME", "STATE", ...(isChanging ? ["AUTHORITY"] : []), "UNTIL", "LAST USED", "MAY"],
    clients.map((client) => [
      client.clientId,
      client.label,
      client.locked ? `${client.state} (locked)` : client.state,
      ...(isChanging ? [client.authority ?? ""] : []),
      showTime(client.notAfter),
      client.lastUsedAt === null ? "never" : showTime(client.lastUsedAt),
      client.grants.map(showGrant).join("; "),
    ]),
  );
}
