import {
  decodeBase64url,
  encodeBase64url,
  isLocalDomain,
  parseCoseKey,
  type RosterChain,
  type Verified,
  wordsOf,
} from "@holdfast/protocol";
import {
  followCheckpoint,
  logKey,
  logOrigin,
  type NoteKey,
  openCheckpoint,
  parseVkey,
  type VerifiedCheckpoint,
  verifyCosignatures,
} from "@holdfast/tlog";
import { findPin, type Pin, writePin } from "../pin/pin.ts";
import type { Evidence } from "./evidence.ts";
import { ProofError } from "./proof-error.ts";
import { proveChain } from "./prove-chain.ts";
import { proveInclusion } from "./prove-inclusion.ts";

/** What this browser has verified of an environment. Public facts only. */
export interface Standing {
  /** "checked" against a pin that a person's words earned; "consistent" where nothing was compared on this device. */
  readonly level: "checked" | "consistent";
  readonly tid: string;
  /** The eight matching words of the environment. */
  readonly words: readonly string[];
  readonly chain: Verified<RosterChain>;
  readonly roster: {
    readonly seq: number;
    readonly hash: string;
    readonly admins: number;
    readonly replacementKeys: number;
    readonly notAfter: number;
    /** Its administrator is a key on the key server's own disk. */
    readonly local: boolean;
  };
  /** Ids of the key servers in the newest roster. */
  readonly agents: readonly string[];
  /** Where the administrators' approval passkeys live. */
  readonly origins: readonly string[];
  readonly head: { readonly size: number; readonly root: string };
  readonly witnesses: readonly { readonly name: string; readonly at: number }[];
  /** Unix seconds. */
  readonly provedAt: number;
}

/**
 * Verifies chain, signed head and, where this device holds a pin, that both extend what it saw before; then moves the
 * pin forward.
 *
 * Trusts: the pin in this browser's storage. Everything from `evidence` is hostile.
 *
 * @returns Null for an environment whose key server has not signed a log yet.
 * @throws {@link ProofError} `P_TID`, `P_ROSTER`, `P_ROLLBACK`; the codes of protocol and tlog
 */
export async function proveEnvironment(
  environmentId: string,
  evidence: Evidence,
  { storage = localStorage, now = Math.floor(Date.now() / 1000) }: { storage?: Storage; now?: number } = {},
): Promise<Standing | null> {
  const pin = findPin(environmentId, storage);
  const note = await evidence.checkpoint();
  if (note === null) {
    if (pin) throw new ProofError("P_ROLLBACK", "The log that this browser has seen is gone.");
    return null;
  }
  const { chain, acceptances } = await proveChain(evidence, pin);
  const checkpoint = await openCheckpoint(note, logOrigin(chain.tid), logKeysOf(chain));
  const head = { size: checkpoint.size, root: encodeBase64url(checkpoint.root) };
  if (pin) await follow(pin, checkpoint, evidence);
  for (const n of acceptances) await proveInclusion(await evidence.entry(n), head, evidence);
  const standing = await describe(chain, checkpoint, pin ? "checked" : "consistent");
  if (pin) writePin(environmentId, { ...pinOf(standing), comparedAt: pin.comparedAt }, storage);
  return { ...standing, provedAt: now };
}

/** What a device holds after a person compared the words of this standing. */
export function pinOf({ tid, roster, head }: Omit<Standing, "provedAt">): Omit<Pin, "comparedAt"> {
  return { tid, roster: { seq: roster.seq, hash: roster.hash }, checkpoint: { size: head.size, root: head.root } };
}

/** Only key servers of the newest roster sign heads that count now. */
function logKeysOf({ tid, head }: RosterChain): NoteKey[] {
  return head.roster.agents.flatMap(({ alk }) => {
    const key = parseCoseKey(decodeBase64url(alk));
    return key.alg === "EdDSA" ? [logKey(tid, key.x)] : [];
  });
}

async function follow(pin: Pin, checkpoint: VerifiedCheckpoint, evidence: Evidence): Promise<void> {
  const { size, root } = pin.checkpoint;
  const grown = checkpoint.size > size && size > 0;
  const proof = grown ? await evidence.consistency(size, checkpoint.size) : [];
  followCheckpoint({ size, root: decodeBase64url(root) }, checkpoint, proof.map(decodeBase64url));
}

async function describe(
  chain: Verified<RosterChain>,
  checkpoint: VerifiedCheckpoint,
  level: Standing["level"],
): Promise<Omit<Standing, "provedAt">> {
  const { roster, hash } = chain.head;
  const origins = roster.admins.flatMap(({ creds }) =>
    creds.flatMap((cred) => ("origin" in cred && cred.channel !== "hosted" ? [cred.origin] : [])),
  );
  const witnesses = await verifyCosignatures(
    checkpoint.note,
    roster.witnesses.map(({ vkey }) => parseVkey(vkey)),
  );
  return {
    level,
    tid: chain.tid,
    words: wordsOf(chain.tid),
    chain,
    roster: {
      seq: roster.seq,
      hash,
      admins: roster.admins.length,
      replacementKeys: roster.recovery.keys.length,
      notAfter: roster.notAfter,
      local: isLocalDomain(roster),
    },
    agents: roster.agents.map(({ aid }) => aid),
    origins: [...new Set(origins)],
    head: { size: checkpoint.size, root: encodeBase64url(checkpoint.root) },
    witnesses: witnesses.map(({ key, time }) => ({ name: key.name, at: time })),
  };
}
