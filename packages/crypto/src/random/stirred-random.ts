import { createHash } from "node:crypto";
import { randomBytes } from "./random-bytes.ts";

const POOL_BYTES = 64;

/**
 * Random bytes into which others may stir what they take for entropy.
 *
 * Each output is the system generator's, added bitwise to a hash of all that was ever stirred in: it is as good as the
 * better of the two, whoever stirs and whatever they know of it.
 *
 * @see SP 800-90A section 8.7.2 (additional input); KMIP 2.1 section 6.1.50 (RNG Seed)
 */
export class StirredRandom {
  #pool: Buffer = Buffer.alloc(POOL_BYTES);
  #stirred = false;
  #outputs = 0n;

  /** Takes bytes into account from now on. @returns how many: all of them */
  stir(bytes: Uint8Array): number {
    this.#pool = createHash("sha512").update("holdfast/stir/v1\0").update(this.#pool).update(bytes).digest();
    this.#stirred = true;
    return bytes.byteLength;
  }

  /** Random bytes. */
  bytes(count: number): Buffer {
    const made = randomBytes(count);
    if (!this.#stirred) return made;
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(this.#outputs++);
    const mask = createHash("shake256", { outputLength: count }).update(this.#pool).update(counter).digest();
    for (let at = 0; at < count; at += 1) made[at] = (made[at] as number) ^ (mask[at] as number);
    mask.fill(0);
    return made;
  }
}
