import { createHash, timingSafeEqual } from "node:crypto";
import { joinKek, type KeyEncryptionKey, type Threshold } from "@holdfast/crypto";
import { exportKekShares } from "@holdfast/crypto/egress";
import { decodeMnemonic, encodeMnemonic } from "@holdfast/protocol";
import { CustodyError } from "./errors.ts";

/** How a key-encryption key is split among custodians, as the store remembers it. Public. */
export interface ShareScheme {
  readonly kind: "shares";
  /** How many of them open the agent. */
  readonly needed: number;
  /** One for each share, in their order: SHA-256 over the agent's id, the share's number and the share. */
  readonly commits: readonly string[];
}

/** One custodian's share in the form that is written down: its number and 24 words. */
export type ShareText = string;

/** Fewest and most custodians, and fewest that open. */
const MIN_NEEDED = 2;
const MAX_PARTS = 16;
const SHARE_BYTES = 32;
/** Shares that were given are forgotten when no other follows. */
const FORGET_MS = 15 * 60_000;
/** Wrong ones in a row from one place, and the wait that follows there. */
const MOST_WRONG = 5;
const WAIT_MS = 60_000;
/** Places that are remembered; what comes from more of them is nobody's custodian. */
const MOST_PLACES = 1000;

interface Place {
  wrong: number;
  waitUntil: number;
}

/** @throws {@link CustodyError} `E_SHARES` unless 2 to 16 shares exist, and 2 of them or more are needed */
export function requireShareNumbers({ parts, threshold }: Threshold): void {
  const whole = Number.isSafeInteger(parts) && Number.isSafeInteger(threshold);
  if (!whole) throw new CustodyError("E_SHARES");
  const given = `shares:${threshold}of${parts}`;
  if (threshold < MIN_NEEDED)
    throw new CustodyError("E_SHARES", `${given} would open with ${threshold}: ${MIN_NEEDED} or more are needed.`);
  if (parts > MAX_PARTS)
    throw new CustodyError("E_SHARES", `${given} are more than the ${MAX_PARTS} that there may be.`);
  if (parts < threshold)
    throw new CustodyError(
      "E_SHARES",
      `${given} never opens: it needs ${threshold} and makes only ${parts}. How many are needed comes first.`,
    );
}

/** Splits a key-encryption key. The texts exist nowhere else: the caller shows each of them once. */
export function splitAmongCustodians(
  kek: KeyEncryptionKey,
  aid: string,
  threshold: Threshold,
): { readonly source: ShareScheme; readonly shares: readonly ShareText[] } {
  requireShareNumbers(threshold);
  const parts = exportKekShares(kek, threshold);
  try {
    return {
      source: {
        kind: "shares",
        needed: threshold.threshold,
        commits: parts.map(({ index, bytes }) => commitOf(aid, index, bytes).toString("base64url")),
      },
      shares: parts.map(({ index, bytes }) => `${index} ${encodeMnemonic(bytes).join(" ")}`),
    };
  } finally {
    for (const { bytes } of parts) bytes.fill(0);
  }
}

/** Reads a stored scheme strictly; null for anything else. */
export function parseShareScheme(given: Readonly<Record<string, unknown>>): ShareScheme | null {
  const { kind, needed, commits } = given;
  if (kind !== "shares" || Object.keys(given).length !== 3 || !Array.isArray(commits)) return null;
  const good =
    Number.isSafeInteger(needed) &&
    (needed as number) >= MIN_NEEDED &&
    commits.length >= (needed as number) &&
    commits.length <= MAX_PARTS &&
    commits.every((each) => typeof each === "string" && /^[A-Za-z0-9_-]{43}$/.test(each));
  return good ? { kind, needed: needed as number, commits: commits as string[] } : null;
}

/** What tells one set of shares from another, on the shares and in `status`; it gives nothing away. */
export function setNameOf({ commits }: ShareScheme): string {
  return createHash("sha256").update(commits.join()).digest("hex").slice(0, 8);
}

/** How far a quorum of custodians is. */
export interface SharesGiven {
  readonly given: number;
  readonly needed: number;
  readonly of: number;
}

/** Shares that custodians have given, one at a time; in memory only, and not for long. */
export class GivenShares {
  readonly #scheme: ShareScheme;
  readonly #aid: string;
  readonly #now: () => number;
  readonly #held = new Map<number, Uint8Array>();
  #forgetAt = 0;
  readonly #places = new Map<string, Place>();

  /** @param now - Milliseconds of a clock that nobody sets back. */
  constructor(scheme: ShareScheme, aid: string, now: () => number = () => performance.now()) {
    this.#scheme = scheme;
    this.#aid = aid;
    this.#now = now;
  }

  progress(): SharesGiven {
    if (this.#now() >= this.#forgetAt) this.clear();
    return { given: this.#held.size, needed: this.#scheme.needed, of: this.#scheme.commits.length };
  }

  /**
   * Takes one share: its number and its 24 words.
   *
   * Wrong ones make only the place wait that they come from, so that nobody can keep custodians out from elsewhere. What
   * was mistyped, or given before, is not wrong.
   *
   * @param from - Where it comes from: an address, or this host's own command line.
   * @throws {@link CustodyError} `E_SHARE_FORM` for what is no share or was mistyped; `E_UNSEAL_SHARE` for one that is not this
   * agent's, by its number; `E_SHARE_GIVEN`; `E_SHARE_WAIT` after five wrong ones from there, for a minute
   */
  give(text: ShareText, from: string): SharesGiven {
    this.#refuseWhileWaiting(from);
    this.progress();
    const { index, bytes } = readShare(text);
    if (!this.#isOurs(index, bytes)) {
      bytes.fill(0);
      this.#countWrong(from);
      throw new CustodyError("E_UNSEAL_SHARE", `Share ${index} is not one of this agent's.`, { share: index });
    }
    if (this.#held.has(index)) {
      bytes.fill(0);
      throw new CustodyError("E_SHARE_GIVEN", `Share ${index} has been given already.`, { share: index });
    }
    this.#held.set(index, bytes);
    this.#places.delete(from);
    this.#forgetAt = this.#now() + FORGET_MS;
    return this.progress();
  }

  /** The key-encryption key when enough have been given, which are kept until {@link clear}; null before. */
  joined(): KeyEncryptionKey | null {
    const { given, needed } = this.progress();
    if (given < needed) return null;
    return joinKek([...this.#held].slice(0, needed).map(([index, bytes]) => ({ index, bytes })));
  }

  clear(): void {
    for (const bytes of this.#held.values()) bytes.fill(0);
    this.#held.clear();
  }

  #isOurs(index: number, bytes: Uint8Array): boolean {
    const commit = this.#scheme.commits[index - 1];
    return commit !== undefined && timingSafeEqual(Buffer.from(commit, "base64url"), commitOf(this.#aid, index, bytes));
  }

  #refuseWhileWaiting(from: string): void {
    const left = (this.#places.get(from)?.waitUntil ?? 0) - this.#now();
    if (left <= 0) return;
    const seconds = Math.ceil(left / 1000);
    const unit = seconds === 1 ? "second" : "seconds";
    throw new CustodyError("E_SHARE_WAIT", `Too many wrong shares were given: ${seconds} ${unit} left to wait.`, {
      seconds,
    });
  }

  #countWrong(from: string): void {
    if (this.#places.size >= MOST_PLACES && !this.#places.has(from)) this.#places.clear();
    const wrong = (this.#places.get(from)?.wrong ?? 0) + 1;
    const waits = wrong >= MOST_WRONG;
    this.#places.set(from, { wrong: waits ? 0 : wrong, waitUntil: waits ? this.#now() + WAIT_MS : 0 });
  }
}

function readShare(text: ShareText): { index: number; bytes: Uint8Array } {
  const [number = "", ...words] = text.trim().split(/\s+/);
  if (!/^[1-9]\d?$/.test(number)) throw new CustodyError("E_SHARE_FORM");
  const index = Number(number);
  try {
    return { index, bytes: decodeMnemonic(words) };
  } catch (cause) {
    const word = (cause as { detail?: { word?: number } }).detail?.word;
    const what = word === undefined ? "has a mistyped word, or not 24 of them" : `has no such word as its word ${word}`;
    const detail = { share: index, ...(word === undefined ? {} : { word }) };
    throw new CustodyError("E_SHARE_FORM", `Share ${index} ${what}.`, detail);
  }
}

function commitOf(aid: string, index: number, bytes: Uint8Array): Buffer {
  if (bytes.byteLength !== SHARE_BYTES) throw new CustodyError("E_SHARE_FORM");
  return createHash("sha256").update(`holdfast/kek-share/v1\0${aid}\0${index}\0`).update(bytes).digest();
}
