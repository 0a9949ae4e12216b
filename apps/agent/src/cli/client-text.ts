import type { ClientView } from "../admin/answers.ts";
import { showGrant } from "./grant-words.ts";
import { facts, showTime, table } from "./output.ts";

/** One client as text for a person. */
export function clientText(client: ClientView): string {
  return facts([
    ["client", client.clientId],
    ["name", client.label],
    ["state", client.locked ? `${client.state}, LOCKED: ${client.locked}` : client.state],
    ...(client.permit === undefined ? [] : permitFacts(client, client.permit)),
    ...(client.cameBy === undefined ? [] : [["came by", client.cameBy] as [string, string]]),
    [client.permit === undefined ? "may" : "each may", client.grants.map(showGrant).join("; ")],
    ...(client.certifiedBy === undefined ? [] : [["certified by", "your company's authority"] as [string, string]]),
    ["until", showTime(client.notAfter)],
    ...client.earlier.map(({ until }): [string, string] => ["key before", `good until ${showTime(until)}`]),
  ]);
}

function permitFacts(client: ClientView, permit: NonNullable<ClientView["permit"]>): [string, string][] {
  const { most, issued, networks, validitySec, renewable } = permit;
  return [
    ["is", "an enrolment secret: it lets clients in, and opens nothing itself"],
    ["let in", `${issued} of ${most}${client.state === "active" ? "" : ", and nobody any more"}`],
    ["from", networks.join(", ")],
    ["for", `${Math.round(validitySec / 3600)} hours each, ${renewable ? "renewable" : "not renewable"}`],
  ];
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
      client.permit === undefined
        ? client.locked
          ? `${client.state} (locked)`
          : client.state
        : `${client.state}, secret: ${client.permit.issued} of ${client.permit.most} in`,
      ...(isChanging ? [client.authority ?? ""] : []),
      showTime(client.notAfter),
      client.lastUsedAt === null ? "never" : showTime(client.lastUsedAt),
      client.grants.map(showGrant).join("; "),
    ]),
  );
}
