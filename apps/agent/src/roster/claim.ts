import { createHash, timingSafeEqual } from "node:crypto";
import { randomBytes } from "@holdfast/crypto";
import { StoreError } from "../keystore/errors.ts";
import type { Clock } from "../self-check/clock.ts";

const CLAIM_BYTES = 16;
/** How long an address may be claimed, in seconds. */
export const CLAIM_SECONDS = 600;
const TRIES = 5;

/**
 * A one-use word of 128 bits that lets one browser register the first administrator. Only its hash is kept.
 *
 * Its life is counted in running time, which no clock shortens or lengthens.
 */
export class Claim {
  /** The word itself, base64url; given out once and not kept. @param tries - Wrong words that end it. */
  static make(clock: Clock, tries = TRIES): { claim: Claim; word: string } {
    const bytes = randomBytes(CLAIM_BYTES);
    return { claim: new Claim(bytes, clock, tries), word: Buffer.from(bytes).toString("base64url") };
  }

  readonly #hash: Buffer;
  readonly #clock: Clock;
  readonly #endsAt: number;
  #tries: number;
  #used = false;

  private constructor(bytes: Uint8Array, clock: Clock, tries: number) {
    this.#tries = tries;
    this.#hash = hashOf(bytes);
    this.#clock = clock;
    this.#endsAt = clock.monotonic() + CLAIM_SECONDS * 1000;
  }

  get used(): boolean {
    return this.#used;
  }

  /** Whether it can still be used. */
  get open(): boolean {
    return !this.#used && this.#tries > 0 && this.#clock.monotonic() < this.#endsAt;
  }

  /**
   * Uses it up.
   *
   * @returns the claim's bytes. @throws {@link StoreError} `E_CLAIM` for a wrong word, or one used or too old
   */
  use(word: string): Uint8Array {
    if (!this.open) throw new StoreError("E_CLAIM");
    this.#tries -= 1;
    const bytes = Buffer.from(word, "base64url");
    const canonical = bytes.length === CLAIM_BYTES && bytes.toString("base64url") === word;
    if (!canonical || !timingSafeEqual(hashOf(bytes), this.#hash)) throw new StoreError("E_CLAIM");
    this.#used = true;
    return bytes;
  }
}

function hashOf(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
