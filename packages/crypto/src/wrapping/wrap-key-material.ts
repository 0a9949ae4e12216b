import { CryptoError } from "../errors.ts";
import { type KeyHandle, type MaterialAttributes, makeKeyHandle } from "../handle/key-handle.ts";
import { encodeMaterial, formatOf } from "../material/encode-material.ts";
import { readMaterial } from "../material/read-material.ts";
import type { Token } from "../pkcs11/token.ts";
import { encodeTokenReference, openTokenKey, parseTokenReference, tokenReferenceOf } from "../pkcs11/token-keys.ts";
import type { MaterialFormat } from "../policy/algorithm.ts";
import type { MaterialType } from "../policy/usage.ts";
import { encodeBinding, type KeyEncryptionKey, openMaterial, sealMaterial } from "./key-encryption-key.ts";

/** All that wrapped material is bound to: unwrapping with any of it changed is refused. */
export interface KeyBinding extends Omit<MaterialAttributes, "type"> {
  /** The custody domain. */
  readonly domain: string;
  /** `symmetric-key` when absent. */
  readonly type?: MaterialType;
  /** The key is in a token, and what is wrapped leads to it. */
  readonly inToken?: boolean;
}

/** First byte of wrapped material that is not an AES-256 data key: the format of the bytes after it. */
const FORMATS: readonly MaterialFormat[] = ["raw", "pkcs1", "pkcs8", "sec1", "spki", "x509", "pgp"];

/** First byte of material wrapped under a numbered key-encryption key; its number follows, 4 bytes, big-endian. */
const NUMBERED = 2;
const HEAD_BYTES = 5;

/**
 * Wraps material for the store, bound to the domain, to everything the handle is, and to the key-encryption key's number.
 *
 * A row moved to another key, version, domain or policy does not unwrap. Of a key in a token only what leads to it is
 * wrapped: there is no material here.
 *
 * @throws {@link CryptoError} `E_CRYPTO_DESTROYED`
 */
export function wrapKeyMaterial(kek: KeyEncryptionKey, handle: KeyHandle, domain: string): Buffer {
  const reference = tokenReferenceOf(handle);
  const { id, materialType: type, keyAlgorithm: algorithm, bits, keyUsages: usages, extractable } = handle;
  const binding = { domain, id, type, algorithm, bits, usages, extractable };
  if (reference !== null) return seal(kek, { ...binding, inToken: true }, encodeTokenReference(reference));
  const bytes = encodeMaterial(handle);
  const stored = isDataKey(binding) ? bytes : Buffer.concat([Buffer.of(FORMATS.indexOf(formatOf(handle))), bytes]);
  const wrapped = seal(kek, binding, stored);
  bytes.fill(0);
  stored.fill(0);
  return wrapped;
}

/** The number of the key-encryption key that opens this; 0 for the root's own, as in stores of the first releases. */
export function kekNumberOf(wrapped: Uint8Array): number {
  if (wrapped[0] !== NUMBERED || wrapped.byteLength < HEAD_BYTES) return 0;
  return Buffer.from(wrapped.buffer, wrapped.byteOffset, HEAD_BYTES).readUInt32BE(1);
}

/**
 * Wraps material anew under another key-encryption key; nobody sees it.
 *
 * @throws {@link CryptoError} `E_DECRYPT` when the bytes or anything in the binding is not what was wrapped
 */
export function rewrapKeyMaterial(
  from: KeyEncryptionKey,
  to: KeyEncryptionKey,
  wrapped: Uint8Array,
  binding: KeyBinding,
): Buffer {
  const attributes = { ...binding, type: binding.type ?? "symmetric-key" };
  const stored = open(from, attributes, wrapped);
  try {
    return seal(to, attributes, stored);
  } finally {
    stored.fill(0);
  }
}

/**
 * Unwraps material into a handle that is exactly what the binding says.
 *
 * Caller must: give the binding's `bits` for everything but a plain AES-256 data key; it is {@link KeyHandle.bits} of
 * the handle that was wrapped.
 * @throws {@link CryptoError} `E_DECRYPT` when the bytes or anything in the binding is not what was wrapped;
 * `E_CRYPTO_ALGORITHM` for an algorithm this build does not know
 */
export function unwrapKeyMaterial(kek: KeyEncryptionKey, wrapped: Uint8Array, binding: KeyBinding): KeyHandle {
  const attributes = { ...binding, type: binding.type ?? "symmetric-key" };
  const stored = open(kek, attributes, wrapped);
  try {
    const format = isDataKey(attributes) ? "raw" : FORMATS[stored.readUInt8(0)];
    if (format === undefined) throw new CryptoError("E_DECRYPT");
    const bytes = isDataKey(attributes) ? stored : stored.subarray(1);
    const { algorithm, material } = readMaterial(bytes, format, attributes, false);
    return makeKeyHandle(algorithm, material, attributes);
  } finally {
    stored.fill(0);
  }
}

/**
 * Opens what {@link wrapKeyMaterial} made of a key in a token.
 *
 * @throws {@link CryptoError} `E_DECRYPT`; and as `openTokenKey`
 */
export function unwrapTokenKey(
  kek: KeyEncryptionKey,
  token: Token,
  wrapped: Uint8Array,
  binding: KeyBinding,
): KeyHandle {
  const attributes = { ...binding, type: binding.type ?? "symmetric-key" };
  const reference = parseTokenReference(open(kek, { ...attributes, inToken: true }, wrapped));
  return openTokenKey(token, reference, attributes);
}

type Bound = KeyBinding & { readonly type: MaterialType };

/** The first release's one kind of key, whose wrapped form stays what it was. */
function isDataKey({ type, algorithm, bits, usages }: Bound): boolean {
  const plain = usages.every((usage) => usage === "encrypt" || usage === "decrypt");
  return type === "symmetric-key" && algorithm === "AES-256" && (bits === undefined || bits === 256) && plain;
}

function seal(kek: KeyEncryptionKey, binding: Bound, stored: Uint8Array): Buffer {
  const sealed = sealMaterial(kek, encodeKeyBinding(binding, kek.number), stored);
  if (kek.number === 0) return sealed;
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt8(NUMBERED);
  head.writeUInt32BE(kek.number, 1);
  return Buffer.concat([head, sealed]);
}

function open(kek: KeyEncryptionKey, binding: Bound, wrapped: Uint8Array): Buffer {
  if (!(wrapped instanceof Uint8Array) || kekNumberOf(wrapped) !== kek.number) throw new CryptoError("E_DECRYPT");
  const sealed = kek.number === 0 ? wrapped : wrapped.subarray(HEAD_BYTES);
  return openMaterial(kek, encodeKeyBinding(binding, kek.number), sealed);
}

function encodeKeyBinding(binding: Bound, kek: number): Buffer {
  const { domain, id, type, algorithm, bits, usages, extractable } = binding;
  const sorted = [...usages].sort();
  const under = kek === 0 ? [] : [kek];
  const values = [domain, id.keyId, id.version, type, algorithm, bits ?? 0, sorted, extractable];
  if (binding.inToken === true) return encodeBinding("token", [...values, ...under]);
  if (isDataKey(binding))
    return encodeBinding("key", [domain, id.keyId, id.version, "AES-256", sorted, extractable, ...under]);
  return encodeBinding("material", [...values, ...under]);
}
