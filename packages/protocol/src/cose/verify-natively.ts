import type { Native, NativeKey } from "../platform/native.ts";
import type { CoseKey } from "./cose-key.ts";
import { jwkOf } from "./jwk.ts";
import type { GivenSignature } from "./verify-signature.ts";

const keys = new WeakMap<CoseKey, NativeKey | null>();

/**
 * Whether a signature is the key's over the bytes, by Node's own verification.
 *
 * Caller must: have held the signature's form against the one that is allowed.
 */
export function verifyNatively(node: Native, key: CoseKey, { signature, bytes, form }: GivenSignature): boolean {
  const imported = nativeKey(node, key);
  if (imported === null) return false;
  if (key.alg === "EdDSA") return node.verify(null, bytes, imported, signature);
  if (key.alg === "RS256" || form === "der") return node.verify("sha256", bytes, imported, signature);
  return node.verify("sha256", bytes, { key: imported, dsaEncoding: "ieee-p1363" }, signature);
}

/** The key as Node takes it, made once; null for numbers that are no key. */
function nativeKey(node: Native, key: CoseKey): NativeKey | null {
  const before = keys.get(key);
  if (before !== undefined) return before;
  const made = findNativeKey(node, key);
  keys.set(key, made);
  return made;
}

function findNativeKey(node: Native, key: CoseKey): NativeKey | null {
  try {
    return node.createPublicKey({ key: jwkOf(key), format: "jwk" });
  } catch {
    return null; // such as a point beside its curve
  }
}
