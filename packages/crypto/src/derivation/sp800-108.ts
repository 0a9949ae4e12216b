import { createHmac, type KeyObject } from "node:crypto";
import { CryptoError } from "../errors.ts";
import type { Algorithm } from "../policy/algorithm.ts";
import { hashNamed } from "../policy/hash.ts";
import type { Sp800108Params } from "./derive-params.ts";

/**
 * Key derivation with a pseudo-random function.
 *
 * @throws {@link CryptoError} `E_CRYPTO_INPUT`, `E_CRYPTO_ALGORITHM` for CMAC with a key that has none
 * @see SP 800-108 revision 1 sections 4.1 (counter), 4.2 (feedback) and 4.3 (double pipeline)
 */
export function deriveSp800108(
  key: KeyObject,
  algorithm: Algorithm | null,
  params: Sp800108Params,
  bytes: number,
): Buffer {
  const prf = prfOf(key, algorithm, params);
  const fixed = fixedInput(params, bytes);
  const counterBytes = (params.counterBits ?? 32) / 8;
  const least = params.mode === "counter" ? 1 : 0;
  if (![0, 1, 2, 3, 4].includes(counterBytes) || counterBytes < least) throw new CryptoError("E_CRYPTO_INPUT");
  if (params.iv !== undefined && params.mode !== "feedback") throw new CryptoError("E_CRYPTO_INPUT");
  const blocks: Buffer[] = [];
  let done = 0;
  let previous = params.iv ?? Buffer.alloc(0); // K(i-1) in feedback mode
  let pipeline: Uint8Array = fixed; // A(i-1)
  for (let index = 1; done < bytes; index += 1) {
    if (counterBytes > 0 && index >= 2 ** (counterBytes * 8))
      throw new CryptoError("E_CRYPTO_INPUT", "The counter is too small for so much material.");
    if (params.mode === "double-pipeline") pipeline = prf([pipeline]);
    const chained = params.mode === "feedback" ? previous : params.mode === "counter" ? Buffer.alloc(0) : pipeline;
    const block = prf([chained, counterOf(index, counterBytes), fixed]);
    blocks.push(block);
    previous = block;
    done += block.byteLength;
  }
  const all = Buffer.concat(blocks);
  for (const block of blocks) block.fill(0);
  return all.subarray(0, bytes);
}

type Prf = (parts: readonly Uint8Array[]) => Buffer;

function prfOf(key: KeyObject, algorithm: Algorithm | null, { prf, hash }: Sp800108Params): Prf {
  if (prf === "HMAC") {
    const { runtime } = hashNamed(hash);
    return (parts) => {
      const hmac = createHmac(runtime, key);
      for (const part of parts) hmac.update(part);
      return hmac.digest();
    };
  }
  const cmac = algorithm?.macs?.find((mac) => mac.algorithm === "CMAC");
  if (prf !== "CMAC" || cmac === undefined || hash !== undefined) throw new CryptoError("E_CRYPTO_ALGORITHM");
  return (parts) => cmac.compute(key, Buffer.concat(parts), Buffer.alloc(0));
}

function fixedInput({ fixed, label, context }: Sp800108Params, bytes: number): Uint8Array {
  if (fixed !== undefined) {
    if (label !== undefined || context !== undefined)
      throw new CryptoError("E_CRYPTO_INPUT", "The fixed input is given whole or by label and context.");
    return fixed;
  }
  const bits = Buffer.alloc(4);
  bits.writeUInt32BE(bytes * 8);
  const none = Buffer.alloc(0);
  return Buffer.concat([label ?? none, Buffer.of(0), context ?? none, bits]);
}

function counterOf(index: number, bytes: number): Buffer {
  const counter = Buffer.alloc(bytes);
  if (bytes > 0) counter.writeUIntBE(index, 0, bytes);
  return counter;
}
