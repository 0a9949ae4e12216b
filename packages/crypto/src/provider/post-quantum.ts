import * as nodeCrypto from "node:crypto";
import { createPrivateKey, type KeyObject } from "node:crypto";
import { CryptoError } from "../errors.ts";
import type { Algorithm, KeyAlgorithm, MaterialFormat, SignatureParams } from "../policy/algorithm.ts";
import { readDer, readRaw, writeDer, writeRaw } from "./asymmetric.ts";

/** What the runtime has and its type declarations have not. */
interface Runtime {
  generateKeyPairSync(type: string): { privateKey: KeyObject; publicKey: KeyObject };
  encapsulate(key: KeyObject): { sharedKey: ArrayBuffer | Uint8Array; ciphertext: ArrayBuffer | Uint8Array };
  decapsulate(key: KeyObject, ciphertext: Uint8Array): ArrayBuffer | Uint8Array;
  sign(algorithm: null, data: Uint8Array, key: unknown): Buffer;
  verify(algorithm: null, data: Uint8Array, key: unknown, signature: Uint8Array): boolean;
}
const runtime = nodeCrypto as unknown as Runtime;
const PROBE = Buffer.from("holdfast/pairwise/v1");

/** Sizes in bytes, and the last byte of the object identifier. */
interface Sizes {
  readonly type: string;
  readonly bits: number;
  readonly seed: number;
  readonly expanded: number;
  readonly oid: string;
}

/** Raw private keys are seeds, or the standard's own expanded form, which is put into PKCS#8 to be read. */
function keyForm({
  type,
  bits,
  seed,
  expanded,
  oid,
}: Sizes): Pick<
  Algorithm,
  "bitsOf" | "newPrivateKey" | "readAsymmetric" | "writeAsymmetric" | "legacy" | "invocationLimit"
> {
  return {
    legacy: false,
    invocationLimit: 0,
    bitsOf: (key) => {
      if (key.asymmetricKeyType !== type) throw new CryptoError("E_CRYPTO_KEY");
      return bits;
    },
    newPrivateKey: () => runtime.generateKeyPairSync(type).privateKey,
    readAsymmetric(half, format: MaterialFormat, bytes) {
      if (format !== "raw") return readDer(half, format, bytes);
      if (half === "public-key" || bytes.byteLength === seed)
        return readRaw(half, bytes, { asymmetricKeyType: type }, "raw-seed");
      if (bytes.byteLength !== expanded) throw new CryptoError("E_CRYPTO_KEY");
      const pkcs8 = expandedPkcs8(bytes, oid);
      try {
        return createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
      } finally {
        pkcs8.fill(0);
      }
    },
    writeAsymmetric: (key, format) => (format === "raw" ? writeRaw(key, "raw-seed") : writeDer(key, format)),
  };
}

/** @see RFC 9935 section 6 (ML-KEM) and RFC 9881 section 6 (ML-DSA): the expandedKey alternative */
function expandedPkcs8(bytes: Buffer, oid: string): Buffer {
  const algorithm = Buffer.from(`300b0609${oid}`, "hex");
  const key = tlv(0x04, tlv(0x04, bytes));
  return tlv(0x30, Buffer.concat([Buffer.of(0x02, 0x01, 0x00), algorithm, key]));
}

function tlv(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.of(tag, 0x82, content.byteLength >>> 8, content.byteLength & 0xff), content]);
}

function mlKem(bits: 512 | 768 | 1024, expanded: number, ciphertextBytes: number, oid: string): Algorithm {
  const encapsulate = (publicKey: KeyObject) => {
    const { sharedKey, ciphertext } = runtime.encapsulate(publicKey);
    return { secret: Buffer.from(sharedKey as ArrayBuffer), ciphertext: Buffer.from(ciphertext as ArrayBuffer) };
  };
  const decapsulate = (privateKey: KeyObject, ciphertext: Uint8Array) =>
    Buffer.from(runtime.decapsulate(privateKey, ciphertext) as ArrayBuffer);
  const name: KeyAlgorithm = `ML-KEM-${bits}`;
  return {
    ...keyForm({ type: `ml-kem-${bits}`, bits, seed: 64, expanded, oid }),
    name,
    usages: { "private-key": ["decrypt", "agree"], "public-key": ["encrypt", "agree"] },
    webcrypto: () => ({ name }),
    provesPair: (privateKey, publicKey) => {
      const { secret, ciphertext } = encapsulate(publicKey);
      return decapsulate(privateKey, ciphertext).equals(secret);
    },
    kem: { encapsulate, decapsulate, ciphertextBytes },
  };
}

function mlDsa(strength: 44 | 65 | 87, expanded: number, signatureBytes: number, oid: string): Algorithm {
  const withContext = (key: KeyObject, { context }: Pick<SignatureParams, "context">) =>
    context === undefined || context.byteLength === 0 ? key : { key, context };
  const name: KeyAlgorithm = `ML-DSA-${strength}`;
  return {
    ...keyForm({ type: `ml-dsa-${strength}`, bits: strength, seed: 32, expanded, oid }),
    name,
    usages: { "private-key": ["sign"], "public-key": ["verify"] },
    webcrypto: () => ({ name }),
    provesPair: (privateKey, publicKey) =>
      runtime.verify(null, PROBE, publicKey, runtime.sign(null, PROBE, privateKey)),
    signature: {
      schemes: ["ML-DSA"],
      sign: (key, params, data) => runtime.sign(null, data, withContext(key, params)),
      verify: (key, params, data, signature) =>
        signature.byteLength === signatureBytes && runtime.verify(null, data, withContext(key, params), signature),
    },
  };
}

/** Key encapsulation. @see FIPS 203 */
export const mlKemAlgorithms: readonly Algorithm[] = [
  mlKem(512, 1632, 768, "608648016503040401"),
  mlKem(768, 2400, 1088, "608648016503040402"),
  mlKem(1024, 3168, 1568, "608648016503040403"),
];

/** Signatures, pure ML-DSA with a context. @see FIPS 204 */
export const mlDsaAlgorithms: readonly Algorithm[] = [
  mlDsa(44, 2560, 2420, "608648016503040311"),
  mlDsa(65, 4032, 3309, "608648016503040312"),
  mlDsa(87, 4896, 4627, "608648016503040313"),
];
