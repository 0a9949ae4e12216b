import type { Verified } from "../brand.ts";
import { MAX_LARGE_DOCUMENT_BYTES } from "../canonical/canonical-value.ts";
import { KnownParts } from "../canonical/known-parts.ts";
import { ACTS } from "../command/acts.ts";
import { documentCodec } from "../schema/document.ts";
import {
  aid,
  base64urlBytes,
  cose,
  group,
  hash,
  label,
  p256Point,
  plainId,
  plainText,
  seconds,
  tid,
  time,
  visibleAscii,
} from "../schema/fields.ts";
import { readOnce } from "../schema/read-once.ts";
import { array, boolean, type Infer, integer, literal, object, oneOf, optional, set, word } from "../schema/schema.ts";

const credId = base64urlBytes(16, 1023);
const hostName = visibleAscii(253);

/** A passkey that may approve. */
export const passkeyCredential = object({
  credId,
  cose,
  alg: word("ES256", "EdDSA", "RS256"),
  rpId: hostName,
  origin: visibleAscii(300),
  channel: word("customer", "this-machine", "hosted"),
  aaguid: base64urlBytes(16),
  be: boolean,
  att: word("none", "self", "verified"),
});

const localCredential = object({ credId, cose, alg: literal("EdDSA"), channel: literal("local") });

const credential = oneOf("channel", {
  customer: passkeyCredential,
  "this-machine": passkeyCredential,
  hosted: passkeyCredential,
  local: localCredential,
});

const administrator = object({
  adm: plainId,
  label,
  groups: set(group, 0, 16),
  creds: array(credential, 1, 16),
});

/** What a machine says of the agent in it: a TPM's quote over a hash of the agent's key. */
const machineEvidence = object({
  kind: literal("tpm"),
  /** TPMS_ATTEST. */
  quote: base64urlBytes(1, 1024),
  /** TPMT_SIGNATURE. */
  sig: base64urlBytes(1, 1100),
  /** The attesting key's certificate and those that issued it, DER. */
  x5c: array(base64urlBytes(1, 8192), 1, 5),
});

/** An agent's public keys, as its roster entry has them. */
export const agentSchema = object({
  aid,
  aik: cose,
  alk: cose,
  hpke: p256Point,
  label,
  evidence: optional(array(machineEvidence, 1, 2)),
});

/** What the acts of a roster's policy may be: an act, "roster.update" for links, "*" for every act not named. */
const POLICY_ACTS = ["*", "roster.update", ...ACTS] as const;

const policyRule = object({
  act: word(...POLICY_ACTS),
  m: integer(1, 16),
  groups: optional(set(group, 1, 16)),
  noSelf: optional(boolean),
  delaySec: seconds,
  maxTtlSec: integer(60, 604_800),
});

/** Which makers of passkeys a domain takes: models, where some are named, and their makers' root certificates. */
export const allowedMakersSchema = object({
  aaguidAllow: set(base64urlBytes(16), 0, 64),
  roots: array(base64urlBytes(1, 8192), 1, 16),
});

/** Makers of machines whose word an agent has to bring. */
export const askedMachinesSchema = object({ roots: array(base64urlBytes(1, 8192), 1, 16) });

/** A recovery (replacement) key. */
export const recoveryKeySchema = object({ alg: word("EdDSA", "ES256"), cose });

/** Administrators, agents and rules of rosters that were read before: a link changes few of them. */
const parts = new KnownParts();

const rosterShape = object({
  typ: literal("roster"),
  ver: literal(1),
  tid: optional(tid),
  seq: integer(),
  prev: optional(hash),
  rand: optional(base64urlBytes(16)),
  issued: time,
  acceptBy: time,
  notAfter: time,
  admins: readOnce(array(readOnce(administrator, parts), 1, 64), parts),
  recovery: object({
    keys: array(recoveryKeySchema, 0, 16),
    m: integer(0, 16),
    delaySec: seconds,
  }),
  agents: readOnce(array(readOnce(agentSchema, parts), 1, 32), parts),
  witnesses: array(object({ name: plainText(1, 255), vkey: plainText(1, 512) }), 0, 16),
  policy: readOnce(array(readOnce(policyRule, parts), 2, POLICY_ACTS.length), parts),
  attn: optional(allowedMakersSchema),
  /** Makers of machines: every agent that is added brings its machine's word, which leads to one of these. */
  evidence: optional(askedMachinesSchema),
  rootCommit: hash,
  backupTo: object({ kem: literal("P-256"), pub: p256Point }),
  recover: optional(literal(true)),
});

/** A passkey that may approve, as the roster has it. */
export type PasskeyCredential = Infer<typeof passkeyCredential>;
/** The local administrator's key. */
export type LocalCredential = Infer<typeof localCredential>;
/** A credential of an administrator. */
export type Credential = PasskeyCredential | LocalCredential;
/** A key that recovers the domain when passkeys are lost. */
export type RecoveryKey = Infer<typeof recoveryKeySchema>;
/** A person who may approve. */
export type Administrator = Infer<typeof administrator>;
/** An agent of the domain. */
export type RosterAgent = Infer<typeof agentSchema>;
/** What one act needs. */
export type PolicyRule = Infer<typeof policyRule>;
/** Who the administrators and agents of a domain are, and what each act needs. The whole state stands in every link. */
export type Roster = Infer<typeof rosterShape>;

/** A roster with the hash of its bytes and the domain it belongs to. */
export interface PinnedRoster {
  readonly tid: string;
  readonly hash: string;
  readonly roster: Roster;
}

/** A roster that was reached from a verified genesis by verified links. */
export type VerifiedRoster = Verified<PinnedRoster>;

const codec = documentCodec("roster", rosterShape, MAX_LARGE_DOCUMENT_BYTES, parts);

/**
 * Reads a roster's bytes. Its rules are checked by {@link verifyGenesis} and {@link acceptRosterLink}.
 *
 * @throws {@link ProtocolError} `E_LIMIT`, `E_CANON`, `E_UNSUPPORTED`, `E_SCHEMA`
 */
export const parseRoster = codec.parse;

/** Encodes a roster. @throws {@link ProtocolError} `E_SCHEMA`, `E_LIMIT` */
export const encodeRoster = codec.encode;
