import type { EnvironmentTrust } from "@holdfast/db";
import {
  decodeBase64url,
  parseCoseKey,
  parseRosterChain,
  type RosterChain,
  type Verified,
  verifyRosterChain,
} from "@holdfast/protocol";
import { logKey, type NoteKey } from "@holdfast/tlog";
import { GatewayError } from "../gateway-error.ts";

/** Most environments whose verified chains are remembered. */
const MOST_REMEMBERED = 5_000;

/** Verifies environments' chains once, and remembers them as long as they do not grow. */
export class Trust {
  readonly #known = new Map<string, { readonly links: number; readonly chain: Verified<RosterChain> }>();

  /** The verified chain of stored links. @throws {@link GatewayError} `E_CONFLICT` while there are none */
  async chainOf(environmentId: string, { links }: EnvironmentTrust): Promise<Verified<RosterChain>> {
    if (links.length === 0) throw new GatewayError("E_CONFLICT", "The chain comes before the log.", { links: 0 });
    const known = this.#known.get(environmentId);
    if (known?.links === links.length) return known.chain;
    const chain = await verifyRosterChain(parseRosterChain(links));
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear();
    this.#known.set(environmentId, { links: links.length, chain });
    return chain;
  }
}

/** Keys that may sign a domain's next checkpoints: those of the agents that its newest roster names. */
export function logKeys(chain: Verified<RosterChain>): NoteKey[] {
  return chain.head.roster.agents.flatMap(({ alk }) => {
    const key = parseCoseKey(decodeBase64url(alk));
    return key.alg === "EdDSA" ? [logKey(chain.tid, key.x)] : [];
  });
}
