import type { CanonicalObject } from "../canonical/canonical-value.ts";
import { encodeCanonical } from "../canonical/encode-canonical.ts";
import { algorithmName, KEY_USAGES } from "../command/key-words.ts";
import { alias, group, label, plainText } from "../schema/fields.ts";
import { array, boolean, type Infer, integer, object, optional, set, word } from "../schema/schema.ts";

/** Kinds of objects that administrators bring in. A private key brings its public key along. */
export const IMPORTED_TYPES = ["symmetric-key", "private-key", "secret-data"] as const;

/** Encodings in which their material comes: bytes as they are, or PKCS #8 of a private key. */
export const IMPORTED_FORMATS = ["raw", "pkcs8"] as const;

/** Most keys of one import. */
export const MAX_IMPORTED_KEYS = 1000;
/** Most versions of one key. */
export const MAX_IMPORTED_VERSIONS = 500;

/** How keys are sealed for a key server, or for who takes them out of one. */
export const TRANSFER_FORMS = ["hpke", "rsa-oaep", "rsa-kwp"] as const;

/** How keys are sealed. */
export type TransferForm = (typeof TRANSFER_FORMS)[number];

const DAY = 86_400;

/** Reads what is said of a key that is brought in. */
export const importedKeySchema = object({
  label,
  type: word(...IMPORTED_TYPES),
  /** Absent for secret data. */
  algorithm: optional(algorithmName),
  format: word(...IMPORTED_FORMATS),
  usage: set(word(...KEY_USAGES), 0, KEY_USAGES.length),
  group,
  extractable: boolean,
  alias: optional(alias),
  /** Names under which another system knew it, such as `vault:transit/orders`. */
  foreign: optional(array(plainText(1, 256), 1, 10)),
  /** Numbers of its versions, rising; the last is the current one. Absent: one version, 1. */
  versions: optional(array(integer(1, 0xffffffff), 1, MAX_IMPORTED_VERSIONS)),
  cryptoperiodSec: optional(integer(DAY, 3650 * DAY)),
});

/** A key that is brought in: everything but its material. */
export type ImportedKey = Infer<typeof importedKeySchema>;

/** The numbers of its versions. */
export function importedVersions({ versions }: Pick<ImportedKey, "versions">): readonly number[] {
  return versions ?? [1];
}

/** Whether two say the same of a key. */
export function isSameImportedKey(a: ImportedKey, b: ImportedKey | undefined): boolean {
  if (b === undefined) return false;
  const [one, other] = [a, b].map((key) => encodeCanonical(key as unknown as CanonicalObject));
  return one?.length === other?.length && (one?.every((byte, at) => byte === other?.[at]) ?? false);
}
