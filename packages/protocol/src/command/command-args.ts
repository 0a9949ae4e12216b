import { ProtocolError } from "../errors.ts";
import { MOST_CUSTODIANS } from "../escrow/custodian.ts";
import { introductionReference } from "../introduction/introduction-reference.ts";
import { SCHEDULED_DEEDS, SHORTEST_INTERVAL_SECONDS } from "../lifecycle/schedule.ts";
import { aid, alias, base64urlBytes, group, hash, keyId, label, p256Point, time } from "../schema/fields.ts";
import {
  array,
  boolean,
  type Infer,
  integer,
  literal,
  object,
  oneOf,
  optional,
  type Schema,
  set,
  word,
} from "../schema/schema.ts";
import { importedKeySchema, MAX_IMPORTED_KEYS, TRANSFER_FORMS } from "../transfer/imported-key.ts";
import { backupPolicyArgs } from "./backup-policy.ts";
import { checkImportedKeys } from "./check-imported-keys.ts";
import { grantsSchema } from "./grant.ts";
import {
  isContradictoryUsage,
  isHsmAlgorithm,
  isKeyPairAlgorithm,
  KEY_ALGORITHMS,
  KEY_USAGES,
  LEGACY_ALGORITHMS,
  usageOfPart,
} from "./key-words.ts";
import { permitArgs } from "./permit.ts";

const DAY = 86_400;
const TEN_YEARS = 3650 * DAY;

const none = object({});

const newKey = object({
  label,
  algorithm: word(...KEY_ALGORITHMS),
  usage: set(word(...KEY_USAGES), 1, KEY_USAGES.length),
  group,
  extractable: boolean,
  cryptoperiodSec: optional(integer(DAY, TEN_YEARS)),
  originatorSec: optional(integer(DAY, TEN_YEARS)),
  recipientSec: optional(integer(DAY, 3 * TEN_YEARS)),
  alias: optional(alias),
  /** Becomes active by itself at this time; absent: at once. */
  activation: optional(time),
  /** Protects nothing from this time on. */
  protectStop: optional(time),
  /** Is retired by itself at this time. */
  deactivation: optional(time),
  /** How much it protects in all. */
  limit: optional(object({ unit: word("byte", "object"), total: integer(1) })),
  /** In the token of the key server, which it never leaves; absent: wrapped in the store. Of a pair, the private key. */
  store: optional(literal("hsm")),
});

/** Most keys of one command. */
const MAX_KEYS = 1000;

const createArgs = object({ items: array(newKey, 1, MAX_KEYS) });

const certificateSeconds = integer(3600, 1830 * DAY);

const enrolArgs = object({
  label,
  auth: oneOf("kind", {
    /** The agent makes the key and hands it out with its certificate. */
    issued: object({ kind: literal("issued"), validitySec: certificateSeconds }),
    /** The agent certifies the client's own key. */
    "own-key": object({ kind: literal("own-key"), key: introductionReference, validitySec: certificateSeconds }),
    /** Another authority certifies it, which the agent's host trusts for clients. */
    company: object({
      kind: literal("company"),
      key: introductionReference,
      /** Only the certificate that was introduced, and none that follows it. */
      exact: optional(literal(true)),
    }),
  }),
  grants: grantsSchema,
  notAfter: optional(time),
});

const transferForm = word(...TRANSFER_FORMS);

const importBeginArgs = object({ form: transferForm, most: integer(1, MAX_IMPORTED_KEYS) });

const importCommitArgs = object({
  /** The import's id: the hash of the command that began it. */
  import: hash,
  /** The sealed keys, as they were introduced. */
  sealed: introductionReference,
  items: array(importedKeySchema, 1, MAX_IMPORTED_KEYS),
});

const exportArgs = object({
  form: transferForm,
  /** `native`: PKCS #8 of private keys and the bytes of all else; `jwk`: JSON Web Keys. */
  inside: word("native", "jwk"),
  versions: word("current", "all"),
  /** The public key that it is wrapped for, as it was introduced, and whose it is. */
  recipient: object({ label, key: introductionReference }),
  keys: array(object({ keyId, label, group, head: integer() }), 1, MAX_KEYS),
});

/** Custodians are named by what they introduced themselves. */
const escrowArgs = object({
  /** How many of their shares open a backup. */
  k: integer(1, MOST_CUSTODIANS),
  /** Whether the recovery file alone opens backups as well. */
  recoveryFile: boolean,
  custodians: array(introductionReference, 1, MOST_CUSTODIANS),
});

const scheduleArgs = object({
  does: word(...SCHEDULED_DEEDS),
  everySec: integer(SHORTEST_INTERVAL_SECONDS, TEN_YEARS),
  /** When it runs first; without it one interval after the command is applied. */
  first: optional(time),
  /** For `deactivate`: only a key that nobody has used for so long. */
  unusedSec: optional(integer(SHORTEST_INTERVAL_SECONDS, TEN_YEARS)),
});

/** Most signed heads that one acceptance of a loss gives up. */
export const MOST_LOST_HEADS = 64;

/** Where a new key is held before its maker is answered. */
const ACK_NEW_KEY = ["local", "backup"] as const;
/** What key servers tell the control plane of names: all of them, or only hashes that nobody can turn back. */
const SHARE = ["names", "hashes"] as const;

/** The acts that this version carries out, each with the closed form of its arguments. */
const ARGS = {
  "key.create": createArgs,
  "key.activate": none,
  "key.rotate": none,
  "key.suspend": none,
  "key.resume": none,
  "key.deactivate": none,
  "key.compromise": none,
  "key.destroy": none,
  /** The name as it shall be; `alias` in place of those the key has, `unalias` for none. */
  "key.label": object({ label, alias: optional(alias), unalias: optional(literal(true)) }),
  "key.group": object({ group }),
  "client.enrol": enrolArgs,
  "client.permit": permitArgs,
  /** All that the client may do from now on. */
  "client.update": object({ grants: grantsSchema }),
  /** Of a permit also every client that came by it, where `issued` says so. */
  "client.revoke": object({ issued: optional(literal(true)) }),
  "schedule.set": scheduleArgs,
  "schedule.clear": object({ does: word(...SCHEDULED_DEEDS) }),
  "crypto.allow": object({ algorithms: set(word(...LEGACY_ALGORITHMS), 0, LEGACY_ALGORITHMS.length) }),
  "import.begin": importBeginArgs,
  "import.commit": importCommitArgs,
  "export.wrap": exportArgs,
  "escrow.enrol": escrowArgs,
  "escrow.release": object({ backup: hash, recipient: p256Point }),
  "escrow.drill": object({ backup: hash }),
  "backup.policy": backupPolicyArgs,
  "backup.create": none,
  "domain.lock": none,
  "domain.unlock": none,
  /** What it does not name stays. */
  "domain.set": object({ ackNewKey: optional(word(...ACK_NEW_KEY)), share: optional(word(...SHARE)) }),
  /** The log that goes on, and every signed head ahead of it: no size twice, smallest first. */
  "log.acceptLoss": object({
    size: integer(1),
    root: hash,
    lost: array(object({ size: integer(1), root: hash }), 1, MOST_LOST_HEADS),
    /** Drawn by the key server when it found the loss: what people say counts for that time, and not for another. */
    found: base64urlBytes(16),
  }),
  "restore.accept": object({ size: integer(), root: hash }),
  "clock.accept": object({ aid }),
} as const satisfies Record<string, Schema<object>>;

/** An act that this version carries out. */
export type SupportedAct = keyof typeof ARGS;
/** Arguments of an act. */
export type ArgsOf<A extends SupportedAct> = Infer<(typeof ARGS)[A]>;
/** A key to be created. */
export type NewKey = Infer<typeof newKey>;

/** Whether this version carries the act out. */
export function isSupportedAct(act: string): act is SupportedAct {
  return Object.hasOwn(ARGS, act);
}

/**
 * Reads the arguments of an act.
 *
 * @throws {@link ProtocolError} `E_ARGS`
 */
export function readArgs(act: SupportedAct, value: unknown): ArgsOf<SupportedAct> {
  try {
    const args = ARGS[act].read(value, "args");
    if (act === "key.create") checkNewKeys(args as ArgsOf<"key.create">);
    if (act === "import.commit") checkImportedKeys((args as ArgsOf<"import.commit">).items);
    if (act === "export.wrap") checkExportedKeys(args as ArgsOf<"export.wrap">);
    if (act === "schedule.set") checkSchedule(args as ArgsOf<"schedule.set">);
    if (act === "key.label") checkNames(args as ArgsOf<"key.label">);
    if (act === "domain.set") checkSettings(args as ArgsOf<"domain.set">);
    if (act === "log.acceptLoss") checkLost(args as ArgsOf<"log.acceptLoss">);
    return args;
  } catch (error) {
    if (error instanceof ProtocolError && error.code === "E_SCHEMA")
      throw new ProtocolError("E_ARGS", error.message, error.detail);
    throw error;
  }
}

/** Another tree of the size that goes on, or two of one size, are two histories and no loss. */
function checkLost({ size, lost }: ArgsOf<"log.acceptLoss">): void {
  let last = size;
  for (const head of lost) {
    if (head.size <= last)
      throw new ProtocolError(
        "E_ARGS",
        "What is lost is larger than the log that goes on, smallest first, no size twice.",
      );
    last = head.size;
  }
}

function checkExportedKeys({ keys }: ArgsOf<"export.wrap">): void {
  if (new Set(keys.map(({ keyId }) => keyId)).size !== keys.length)
    throw new ProtocolError("E_ARGS", "The command names a key twice.");
}

function checkSchedule({ does, unusedSec }: ArgsOf<"schedule.set">): void {
  if (unusedSec !== undefined && does !== "deactivate")
    throw new ProtocolError("E_ARGS", "Only a schedule that deactivates asks how long a key was unused.");
}

function checkNames({ alias: given, unalias }: ArgsOf<"key.label">): void {
  if (given !== undefined && unalias !== undefined)
    throw new ProtocolError("E_ARGS", "A key gets an alias or loses it.");
}

function checkSettings(settings: ArgsOf<"domain.set">): void {
  if (Object.values(settings).every((each) => each === undefined))
    throw new ProtocolError("E_ARGS", "The command sets nothing.");
}

/** Whether planned times of a key, those that are there, follow one another; a stop and the end may be one. */
export function followOneAnother(activation = -1, protectStop?: number, deactivation?: number): boolean {
  const stop = protectStop ?? deactivation ?? Number.POSITIVE_INFINITY;
  return activation < stop && stop <= (deactivation ?? Number.POSITIVE_INFINITY);
}

function checkNewKeys({ items }: ArgsOf<"key.create">): void {
  const named = items.filter((item) => item.alias !== undefined).map((item) => `${item.group}\n${item.alias}`);
  if (new Set(named).size !== named.length)
    throw new ProtocolError("E_ARGS", "Two keys of the command have one alias.");
  const keys = items.reduce((sum, { algorithm }) => sum + (isKeyPairAlgorithm(algorithm) ? 2 : 1), 0);
  if (keys > MAX_KEYS) throw new ProtocolError("E_ARGS", "A command makes at most 1,000 keys, a key pair two of them.");
  for (const { usage, algorithm, originatorSec, recipientSec, store, extractable, ...planned } of items) {
    const { activation, protectStop, deactivation } = planned;
    if (store === "hsm" && extractable) throw new ProtocolError("E_ARGS", "A key in a token is never extractable.");
    if (store === "hsm" && !isHsmAlgorithm(algorithm))
      throw new ProtocolError("E_ARGS", "No keys of the algorithm are kept in a token.");
    if (!followOneAnother(activation, protectStop, deactivation))
      throw new ProtocolError("E_ARGS", "A key becomes active before it stops protecting, and is retired last.");
    if (recipientSec !== undefined && (originatorSec === undefined || recipientSec < originatorSec))
      throw new ProtocolError("E_ARGS", "A recipient-usage period is not shorter than the originator-usage period.");
    if (isContradictoryUsage(usage) && !isKeyPairAlgorithm(algorithm))
      throw new ProtocolError("E_ARGS", "A key that wraps keys does not decrypt data.");
    if (!isKeyPairAlgorithm(algorithm)) continue;
    const halves = [...usageOfPart(usage, "private-key"), ...usageOfPart(usage, "public-key")];
    if (usage.some((each) => !halves.includes(each))) throw new ProtocolError("E_ARGS", "A key pair has no such use.");
  }
}
