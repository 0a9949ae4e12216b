import { backupPolicySchema } from "../command/backup-policy.ts";
import { grantsSchema } from "../command/grant.ts";
import { algorithmName, KEY_USAGES, LEGACY_ALGORITHMS, OBJECT_TYPES } from "../command/key-words.ts";
import { permitProfile } from "../command/permit.ts";
import { docHash } from "../encoding/hash.ts";
import { escrowPlan } from "../escrow/custodian.ts";
import { SCHEDULED_DEEDS } from "../lifecycle/schedule.ts";
import { KEY_STATES } from "../lifecycle/transitions.ts";
import { documentCodec } from "../schema/document.ts";
import { clientId, group, hash, keyId, plainText, scheduleId, tid, time } from "../schema/fields.ts";
import { array, boolean, type Infer, integer, literal, object, oneOf, optional, set, word } from "../schema/schema.ts";

const head = { typ: literal("state"), ver: literal(1), tid } as const;
const keyState = word(...KEY_STATES);
const versionNumber = integer(1, 0xffffffff);

const key = object({
  ...head,
  kind: literal("key"),
  id: keyId,
  state: keyState,
  current: versionNumber,
  versions: array(
    object({ version: versionNumber, state: keyState, created: time, commit: hash, kcv: optional(plainText(6, 6)) }),
    1,
    500,
  ),
  group,
  extractable: boolean,
  sensitive: optional(literal(true)),
  // Absent where the first release had only one answer: a symmetric key, made here, as long as its algorithm says.
  type: optional(word(...OBJECT_TYPES)),
  algorithm: optional(algorithmName),
  bits: optional(integer(1, 0xffffffff)),
  origin: optional(literal("registered")),
  /** Its material is in a token and never leaves it. */
  store: optional(literal("hsm")),
  /** The newest version that somebody held before it came here, where that is not the first. */
  known: optional(integer(2, 0xffffffff)),
  usage: set(word(...KEY_USAGES), 0, KEY_USAGES.length),
  owner: oneOf("kind", {
    domain: object({ kind: literal("domain") }),
    client: object({ kind: literal("client"), id: clientId }),
  }),
  dates: object({
    created: time,
    activated: optional(time),
    suspended: optional(time),
    deactivated: optional(time),
    compromised: optional(time),
    destroyed: optional(time),
    destroyDue: optional(time),
    cryptoperiodSec: optional(integer()),
    originatorSec: optional(integer()),
    recipientSec: optional(integer()),
    // Planned: what comes about by itself at a time that the state names.
    activation: optional(time),
    processStart: optional(time),
    protectStop: optional(time),
    deactivation: optional(time),
    compromiseOccurred: optional(time),
    archived: optional(time),
  }),
  schedules: optional(
    array(
      object({
        id: scheduleId,
        does: word(...SCHEDULED_DEEDS),
        everySec: integer(1),
        next: time,
        n: integer(),
        unusedSec: optional(integer(1)),
      }),
      1,
      SCHEDULED_DEEDS.length,
    ),
  ),
  limits: optional(object({ unit: word("byte", "object"), total: integer(1) })),
});

/** Keys of one client, besides the newest, that may be good at a time. */
export const MOST_EARLIER_KEYS = 4;
/** How long the key before a renewal stays good. */
export const RENEWAL_OVERLAP_SECONDS = 30 * 86_400;
/** Longest life of a certificate that a client is issued. */
export const LONGEST_CLIENT_SECONDS = 1830 * 86_400;

const client = object({
  ...head,
  kind: literal("client"),
  id: clientId,
  state: word("active", "revoked"),
  auth: object({
    /** A client proves a key by TLS; `permit` is a secret that lets clients in, and opens nothing itself. */
    kind: word("mtls", "permit"),
    /** SHA-256 of the public key, or of the secret. */
    spki: hash,
    /** Whose certificates prove the key: the domain's own without it. */
    authority: optional(literal("company")),
    /** SHA-256 of the only certificate that does. */
    certificate: optional(hash),
    /** Keys before a renewal, each until its overlap ends. */
    earlier: optional(array(object({ spki: hash, until: time }), 1, MOST_EARLIER_KEYS)),
    /** The permit by which the client came, where nobody approved it by itself. */
    permit: optional(clientId),
  }),
  /** Of a permit: what each client that comes by it may do. */
  grants: grantsSchema,
  /** Of a permit only: how many it lets in, from where, for how long. */
  permit: optional(permitProfile),
  dates: object({
    created: time,
    notAfter: time,
    /** What no renewal passes, where administrators set an end. */
    limit: optional(time),
    revoked: optional(time),
  }),
});

const domain = object({
  ...head,
  kind: literal("domain"),
  id: tid,
  locked: boolean,
  recovering: boolean,
  legacy: optional(set(word(...LEGACY_ALGORITHMS), 1, LEGACY_ALGORITHMS.length)),
  /** Who holds shares of backups; absent while nobody does. */
  escrow: optional(escrowPlan),
  /** When and where agents back up alone; absent: never. */
  backup: optional(backupPolicySchema),
  /** Where a new key is held before its maker is answered; absent: in the agent's own store. */
  ackNewKey: optional(literal("backup")),
  /** What the control plane learns of names; absent: all of them. */
  share: optional(literal("hashes")),
  dates: object({ created: time }),
});

/** Everything about a key that commands and use depend on; never material. */
export type KeyStateDocument = Infer<typeof key>;
/** A schedule of a key: what it does by itself, and when next. */
export type KeySchedule = NonNullable<KeyStateDocument["schedules"]>[number];

/** What a key is called where there is room for one word: its algorithm, or else its type. */
export function keyKind({ algorithm, type }: Pick<KeyStateDocument, "algorithm" | "type">): string {
  return algorithm ?? type ?? "symmetric-key";
}

/** The newest version of a key that a former holder knows; 0 for a key that was made here. */
export function knownVersion({ origin, known }: Pick<KeyStateDocument, "origin" | "known">): number {
  return origin === "registered" ? (known ?? 1) : 0;
}

/** Whether a key's current version is known to a former holder: until it is rotated. Public keys are no secret. */
export function isKnownOutside(key: Pick<KeyStateDocument, "origin" | "known" | "current" | "type">): boolean {
  return key.type !== "public-key" && key.type !== "certificate" && key.current <= knownVersion(key);
}

/** Everything about a client that use depends on. */
export type ClientStateDocument = Infer<typeof client>;
/** What stands for the domain itself. */
export type DomainStateDocument = Infer<typeof domain>;
/** The state of one object before or after a change; leaves and receipts name it by hash. */
export type State = KeyStateDocument | ClientStateDocument | DomainStateDocument;

const codec = documentCodec("state", oneOf("kind", { key, client, domain }));

/** Reads a state document. @throws {@link ProtocolError} `E_LIMIT`, `E_CANON`, `E_UNSUPPORTED`, `E_SCHEMA` */
export const parseState = codec.parse;

/** Encodes a state document. @throws {@link ProtocolError} `E_SCHEMA`, `E_LIMIT` */
export const encodeState = codec.encode;

/** The hash that leaves and receipts name a state by. */
export function stateHash(bytes: Uint8Array): string {
  return docHash("state", bytes);
}
