import { findEntriesOf, findLogHead, lockTrust, readNodes } from "@holdfast/db";
import { decodeBase64url, docHash, encodeBase64url, parseRosterLink, type RosterLink } from "@holdfast/protocol";
import { completeProof, planInclusion } from "@holdfast/tlog";
import { z } from "zod";
import { GatewayError } from "../gateway-error.ts";
import type { AgentRequest } from "../http/agent-request.ts";
import { count } from "../http/fields.ts";
import { readFields } from "../http/read-fields.ts";

/** Most links of one answer, each with its proof. */
const MOST_LINKS = 20;
/** An answer stays well below the 1 MiB that an agent reads. */
const MOST_BYTES = 600_000;

/**
 * The links after those that a restored agent has, each with what proves to it that its lost log had it in force: the entry, and
 * that entry's place under the newest signed head. The agent judges both.
 */
export function rosterSince({ gateway, scope, body }: AgentRequest): Promise<object> {
  const { from } = readFields(z.strictObject({ from: count }), body);
  return gateway.db.withTenant(scope.tenantId, async (tx) => {
    const trust = await lockTrust(tx, scope);
    if (trust === null) throw new GatewayError("E_AGENT", "The environment is gone.");
    const head = await findLogHead(tx, scope);
    if (head === null) return { links: [] };
    const links = fitting(trust.links.slice(from, from + MOST_LINKS).map(parseRosterLink));
    const hashOf = ({ doc }: RosterLink) => docHash("roster", decodeBase64url(doc));
    const entries = await findEntriesOf(tx, scope, "roster", links.map(hashOf));
    const proven = links.flatMap((link) => {
      const entry = entries.get(hashOf(link));
      return entry === undefined || entry.n >= head.size
        ? []
        : [{ link, entry, plan: planInclusion(entry.n, head.size) }];
    });
    const nodes = await readNodes(
      tx,
      scope,
      proven.flatMap(({ plan }) => plan.flat()),
    );
    const checkpoint = encodeBase64url(new TextEncoder().encode(head.checkpoint));
    return {
      links: proven.map(({ link, entry, plan }) => ({
        ...{ link, leaf: entry.leaf, checkpoint },
        proof: completeProof(plan, (level, index) => {
          const hash = nodes.get(`${level}/${index}`);
          if (hash === undefined) throw new GatewayError("E_STORE", "The stored log lacks a node.", { level, index });
          return decodeBase64url(hash);
        }).map(encodeBase64url),
      })),
    };
  });
}

/** As many of the first links as one answer holds; one at least. */
function fitting(links: readonly RosterLink[]): readonly RosterLink[] {
  let bytes = 0;
  const first = links.findIndex((link, at) => {
    bytes += JSON.stringify(link).length;
    return at > 0 && bytes > MOST_BYTES;
  });
  return first < 0 ? links : links.slice(0, first);
}
