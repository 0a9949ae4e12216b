import { createHmac, type KeyObject } from "node:crypto";
import { CryptoError } from "../errors.ts";
import { MAX_REMEMBERED_IVS } from "../policy/limits.ts";
import { randomBytes } from "../random/random-bytes.ts";

/** Names key material within this process and nowhere else. */
const processSecret = randomBytes(32);
const remembered = new Map<string, Set<string>>();

/**
 * Takes an IV a caller chose, or refuses one that this very key has taken before in this process.
 *
 * It goes by the key's bytes and not by its handle, so a handle that was dropped and loaded again, or the same material
 * under another name, remembers too. Random IVs are not kept: that they do not collide is what the limit on
 * invocations is for.
 *
 * @throws {@link CryptoError} `E_CRYPTO_IV`; `E_CRYPTO_LIMIT` when the key has taken as many as are remembered
 * @see SP 800-38D section 8
 */
export function takeGivenIv(key: KeyObject, iv: Uint8Array): void {
  const material = key.export();
  const name = createHmac("sha256", processSecret).update(material).digest("base64url");
  material.fill(0);
  let used = remembered.get(name);
  if (used === undefined) {
    used = new Set();
    remembered.set(name, used);
  }
  const text = Buffer.from(iv).toString("latin1");
  if (used.has(text)) throw new CryptoError("E_CRYPTO_IV");
  if (used.size >= MAX_REMEMBERED_IVS)
    throw new CryptoError("E_CRYPTO_LIMIT", undefined, { limit: MAX_REMEMBERED_IVS });
  used.add(text);
}
