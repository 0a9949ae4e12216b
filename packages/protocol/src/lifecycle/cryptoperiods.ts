import type { KeyUsage, ObjectType } from "../command/key-words.ts";
import type { KeyDates } from "./key-dates.ts";

const DAY = 86_400;
const YEAR = 365 * DAY;

/** What SP 800-57 calls a kind of key, and for how long it advises to use one. */
export interface Cryptoperiod {
  /** In the words of SP 800-57. */
  readonly keyType: string;
  /** Longest originator-usage period advised, in seconds. */
  readonly originatorSec: number;
  /** Longest recipient-usage period advised, in seconds, from the same beginning; null where none is given. */
  readonly recipientSec: number | null;
  /** Its row in table 1. */
  readonly clause: string;
}

const TABLE = {
  privateSignature: row("private signature key", 1, 3 * YEAR, null),
  publicVerification: row("public signature-verification key", 2, 3 * YEAR, 10 * YEAR),
  symmetricAuthentication: row("symmetric authentication key", 3, 2 * YEAR, 5 * YEAR),
  dataEncryption: row("symmetric data-encryption key", 6, 2 * YEAR, 5 * YEAR),
  keyWrapping: row("symmetric key-wrapping key", 7, 2 * YEAR, 5 * YEAR),
  derivation: row("symmetric master and key-derivation key", 9, YEAR, null),
  privateTransport: row("private key-transport key", 10, 2 * YEAR, null),
  publicTransport: row("public key-transport key", 11, 2 * YEAR, null),
  privateAgreement: row("private static key-agreement key", 13, 2 * YEAR, null),
  publicAgreement: row("public static key-agreement key", 14, 2 * YEAR, null),
} as const;

function row(keyType: string, number: number, originatorSec: number, recipientSec: number | null): Cryptoperiod {
  return { keyType, originatorSec, recipientSec, clause: `SP 800-57 part 1 table 1, row ${number}` };
}

/** Every kind of key that this product makes, with the cryptoperiod advised for it. */
export const CRYPTOPERIODS: readonly Cryptoperiod[] = Object.values(TABLE);

/**
 * The cryptoperiod that SP 800-57 advises for a key by its kind and use; null for what is no key.
 *
 * Where the standard names a range its upper end is taken, where it says "several years", ten.
 * @see SP 800-57 part 1 revision 5, 5.3.6, table 1
 */
export function advisedCryptoperiod(type: ObjectType, usage: readonly KeyUsage[]): Cryptoperiod | null {
  const does = (...words: KeyUsage[]) => usage.some((each) => words.includes(each));
  if (type === "private-key") {
    if (does("agree", "derive")) return TABLE.privateAgreement;
    return does("decrypt", "unwrap") ? TABLE.privateTransport : TABLE.privateSignature;
  }
  if (type === "public-key") {
    if (does("agree", "derive")) return TABLE.publicAgreement;
    return does("encrypt", "wrap") ? TABLE.publicTransport : TABLE.publicVerification;
  }
  if (type !== "symmetric-key" && type !== "split-key") return null;
  if (does("encrypt", "decrypt")) return TABLE.dataEncryption;
  if (does("wrap", "unwrap")) return TABLE.keyWrapping;
  if (does("mac", "verifymac", "authenticate")) return TABLE.symmetricAuthentication;
  return does("derive", "agree") ? TABLE.derivation : TABLE.dataEncryption;
}

/** When the periods of one version of a key end, Unix seconds; absent where the key has none. */
export interface PeriodEnds {
  /** From then on it protects nothing: the end of its originator-usage period. */
  readonly originator?: number;
  /** From then on it opens nothing: the end of its recipient-usage period. */
  readonly recipient?: number;
  /**
   * When it is to be rotated: the first of its originator-usage period's end and the cryptoperiod that reminds. Absent
   * where the key protects nothing by then: it is planned to be retired, or to protect nothing new.
   */
  readonly due?: number;
}

/** The ends that the periods of a key mean for a version of it. They begin when it could first be used. */
export function periodEnds(dates: KeyDates, versionCreatedAt: number): PeriodEnds {
  const { activated, originatorSec, recipientSec, cryptoperiodSec } = dates;
  const begin = Math.max(versionCreatedAt, activated ?? 0);
  const { protectStop = Number.POSITIVE_INFINITY, deactivation = Number.POSITIVE_INFINITY } = dates;
  const first = Math.min(originatorSec ?? Number.POSITIVE_INFINITY, cryptoperiodSec ?? Number.POSITIVE_INFINITY);
  const due = begin + first;
  return {
    ...(originatorSec === undefined ? {} : { originator: begin + originatorSec }),
    ...(recipientSec === undefined ? {} : { recipient: begin + recipientSec }),
    ...(due < Math.min(protectStop, deactivation) ? { due } : {}),
  };
}
