import { randomBytes, type SigningHandle } from "@holdfast/crypto";
import {
  type Administrator,
  type AllowedMakers,
  defaultPolicy,
  deriveTid,
  docHash,
  encodeBase64url,
  encodeRoster,
  type Possession,
  RECOVERY_DELAY_SECONDS,
  ROSTER_LIFE_SECONDS,
  type Roster,
  type RosterLink,
  rawSignatureBase,
} from "@holdfast/protocol";
import type { AgentIdentity } from "../custody/custody-record.ts";

/** How long the agents' first link may be accepted: it is accepted as it is written. */
const ACCEPT_SECONDS = 3600;

/** Who founds, with which agent. */
export interface GenesisFacts {
  readonly identity: AgentIdentity;
  /** The agent's name, as colleagues see it. */
  readonly name: string;
  readonly administrator: Administrator;
  /** COSE_Key of the replacement key, base64url; null in a domain with a local administrator. */
  readonly recovery: string | null;
  readonly witnesses: Roster["witnesses"];
  /** Which makers of passkeys the domain takes; null for any. */
  readonly makers?: AllowedMakers | null;
  /** Unix seconds. */
  readonly now: number;
}

/** The bytes of a genesis roster, with the domain and the hash that follow from them. */
export interface GenesisDocument {
  readonly bytes: Uint8Array;
  readonly tid: string;
  readonly hash: string;
}

/** Writes the first roster of a domain; its 16 random bytes are this agent's. */
export function writeGenesis(facts: GenesisFacts): GenesisDocument {
  const { identity, name, administrator, recovery, witnesses, makers = null, now } = facts;
  const { aid, aik, alk, hpke, rootCommit, backupTo } = identity;
  const roster: Roster = {
    typ: "roster",
    ver: 1,
    seq: 0,
    rand: encodeBase64url(randomBytes(16)),
    issued: now,
    acceptBy: now + ACCEPT_SECONDS,
    notAfter: now + ROSTER_LIFE_SECONDS,
    admins: [administrator],
    recovery:
      recovery === null
        ? { keys: [], m: 0, delaySec: 0 }
        : { keys: [{ alg: "EdDSA", cose: recovery }], m: 1, delaySec: RECOVERY_DELAY_SECONDS },
    agents: [{ aid, aik, alk, hpke, label: name }],
    witnesses,
    policy: defaultPolicy(recovery === null ? "local" : 1),
    ...(makers === null ? {} : { attn: makers }),
    rootCommit,
    backupTo: { kem: "P-256", pub: backupTo },
  };
  const bytes = encodeRoster(roster);
  return { bytes, tid: deriveTid(bytes), hash: docHash("roster", bytes) };
}

/** The genesis as a link: with the proofs of possession and the founding agent's signature. */
export function signGenesis(
  document: GenesisDocument,
  possession: readonly Possession[],
  aik: SigningHandle,
): RosterLink {
  return {
    doc: encodeBase64url(document.bytes),
    approvals: [],
    possession,
    aikSig: encodeBase64url(aik.sign(rawSignatureBase("genesis", document.hash))),
  };
}
