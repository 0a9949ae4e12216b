import { join } from "node:path";
import { decodeBase64url, parseRoster } from "@holdfast/protocol";
import { formatVkey, logKey } from "@holdfast/tlog";
import { findMembership } from "../roster/membership.ts";
import { Witness } from "./witness.ts";

/**
 * The witness that a key server is which joined a domain and has its root key: it follows that domain's log, signed by any
 * of its agents, with a key of its own beside its folder's other files. Null for a folder that has joined none.
 *
 * @throws {@link WitnessError} `E_WITNESS_FOLDER`; {@link StoreError} `E_STORE`
 */
export function openMemberWitness(
  dataDirectory: string,
  options: { readonly name?: string; readonly now: () => number },
): Witness | null {
  const membership = findMembership(dataDirectory);
  const newest = membership?.chain.at(-1);
  if (membership === null || membership.checkpoint === null || newest === undefined) return null;
  const witness = Witness.open(join(dataDirectory, "witness"), options);
  for (const { alk } of parseRoster(decodeBase64url(newest.doc)).agents)
    witness.logs.follow(formatVkey(logKey(membership.tid, decodeBase64url(alk).slice(-32))));
  return witness;
}
