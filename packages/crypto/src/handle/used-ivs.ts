import { CryptoError } from "../errors.ts";
import { MAX_REMEMBERED_IVS } from "../policy/limits.ts";
import type { KeyReference } from "./key-reference.ts";

const remembered = new Map<string, Set<string>>();

/**
 * Takes an IV a caller chose, or refuses one that this key version has taken before in this process.
 *
 * It goes by the version's reference and not by its handle, so a handle that was dropped and loaded again remembers too.
 * The same material under another id is another key here: whoever brings it knows the material already. Random IVs are
 * not kept: that they do not collide is what the limit on invocations is for.
 *
 * @throws {@link CryptoError} `E_CRYPTO_IV`; `E_CRYPTO_LIMIT` when the key has taken as many as are remembered
 * @see SP 800-38D section 8
 */
export function takeGivenIv({ keyId, version }: KeyReference, iv: Uint8Array): void {
  const name = `${keyId}/${version}`;
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
