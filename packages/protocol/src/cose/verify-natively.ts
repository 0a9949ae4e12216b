import { encodeBase64url } from "../encoding/base64url.ts";
import { concatBytes } from "../encoding/bytes.ts";
import type { Native, NativeKey } from "../platform/native.ts";
import type { CoseKey } from "./cose-key.ts";
import { derOfRaw } from "./ecdsa-der.ts";
import { jwkOf } from "./jwk.ts";
import type { GivenSignature } from "./verify-signature.ts";

const keys = new WeakMap<CoseKey, NativeKey | null>();

/**
 * Whether a signature is the key's over the bytes, by Node's own verification.
 *
 * Caller must: have held the signature's form against the one that is allowed.
 */
export function verifyNatively(
  node: Native,
  key: CoseKey,
  { signature, bytes, form }: GivenSignature,
): boolean | Promise<boolean> {
  const imported = nativeKey(node, key);
  if (imported === null) return false;
  const verify = manyAtATime > 0 ? node.verifyAside : node.verify;
  if (key.alg === "EdDSA") return verify(null, bytes, imported, signature);
  const given = key.alg === "ES256" && form === "raw" ? derOfRaw(signature) : signature;
  return verify("sha256", bytes, imported, given);
}

let manyAtATime = 0;

/** Does work that asks for many signatures at a time: they are verified on as many processors as there are, with the same answers. */
export async function withManySignatures<T>(work: () => Promise<T>): Promise<T> {
  manyAtATime += 1;
  try {
    return await work();
  } finally {
    manyAtATime -= 1;
  }
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
    return node.createPublicKey(key.alg === "ES256" ? pemOf(key) : { key: jwkOf(key), format: "jwk" });
  } catch {
    return null; // such as a point beside its curve
  }
}

/** SubjectPublicKeyInfo of a P-256 key up to the coordinates of its point: 27 bytes, 36 characters. */
const P256_HEAD = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE";
const LINE = 64;

/** A P-256 key as PEM, which Node imports in less than half the time of a JSON Web Key. */
function pemOf({ x, y }: Extract<CoseKey, { alg: "ES256" }>): string {
  const point = encodeBase64url(concatBytes(x, y)).replaceAll("-", "+").replaceAll("_", "/");
  const text = `${P256_HEAD}${point}==`;
  return `-----BEGIN PUBLIC KEY-----\n${text.slice(0, LINE)}\n${text.slice(LINE)}\n-----END PUBLIC KEY-----\n`;
}
