import { diffieHellman, generateKeyPairSync, type KeyObject, sign, verify } from "node:crypto";
import { CryptoError } from "../errors.ts";
import { integerOf } from "../numbers/big-integer.ts";
import type { Algorithm, KeyAlgorithm, SignatureParams } from "../policy/algorithm.ts";
import { readDer, readRaw, writeDer, writeRaw } from "./asymmetric.ts";

const PROBE = Buffer.from("holdfast/pairwise/v1");

type RuntimeType = "ed25519" | "ed448" | "x25519" | "x448";

/** What the four curves have in common: raw keys, PKCS#8, SPKI. A private key has no second part that could disagree. */
function keyForm(
  type: RuntimeType,
  bits: number,
): Pick<
  Algorithm,
  "bitsOf" | "newPrivateKey" | "readAsymmetric" | "writeAsymmetric" | "legacy" | "invocationLimit" | "scalarBytes"
> {
  return {
    legacy: false,
    invocationLimit: 0,
    scalarBytes: Math.ceil(bits / 8),
    bitsOf: (key) => {
      if (key.asymmetricKeyType !== type) throw new CryptoError("E_CRYPTO_KEY");
      return bits;
    },
    newPrivateKey: () => generateKeyPairSync(type as "ed25519").privateKey,
    readAsymmetric: (half, format, bytes) => {
      const key =
        format === "raw"
          ? readRaw(half, bytes, { asymmetricKeyType: type }, "raw-private")
          : readDer(half, format, bytes);
      if (type === "ed25519" && half === "public-key") requireSoundPoint(writeRaw(key, "raw-private") ?? bytes);
      return key;
    },
    writeAsymmetric: (key, format) => (format === "raw" ? writeRaw(key, "raw-private") : writeDer(key, format)),
  };
}

/** y of the points of order 1, 2, 4 and 8, little-endian: under them a signature proves nothing. */
const LOW_ORDER = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
].map((text) => Buffer.from(text, "hex"));
const P_25519 = 2n ** 255n - 19n;

/**
 * Refuses a public point whose encoding is not the canonical one, or whose order is low.
 *
 * @throws {@link CryptoError} `E_CRYPTO_KEY`
 * @see FIPS 186-5 section 7.8.3 (decoding); RFC 8032 section 5.1.3
 */
function requireSoundPoint(point: Buffer): void {
  const y = Buffer.from(point);
  y.writeUInt8(y.readUInt8(31) & 0x7f, 31);
  if (LOW_ORDER.some((each) => each.equals(y)) || integerOf(Buffer.from(y).reverse()) >= P_25519)
    throw new CryptoError("E_CRYPTO_KEY");
}

function eddsa(name: KeyAlgorithm, type: RuntimeType, bits: number, signatureBytes: number): Algorithm {
  return {
    ...keyForm(type, bits),
    name,
    usages: { "private-key": ["sign"], "public-key": ["verify"] },
    webcrypto: () => ({ name }),
    provesPair: (privateKey, publicKey) => verify(null, PROBE, publicKey, sign(null, PROBE, privateKey)),
    signature: {
      schemes: ["EdDSA"],
      sign: (key, params, data) => sign(null, data, keyWithContext(key, params, type)),
      verify: (key, params, data, signature) =>
        signature.byteLength === signatureBytes && verify(null, data, keyWithContext(key, params, type), signature),
    },
  };
}

/** Only Ed448 has a context in the form that hashes nothing first. @see RFC 8032 section 5.2 */
function keyWithContext(key: KeyObject, { context }: SignatureParams, type: RuntimeType): KeyObject {
  if (context === undefined || context.byteLength === 0) return key;
  if (type !== "ed448") throw new CryptoError("E_CRYPTO_INPUT", "Ed25519 takes no context.");
  return { key, context } as unknown as KeyObject; // the runtime's option is newer than its type declarations
}

function xdh(name: KeyAlgorithm, type: RuntimeType, bits: number): Algorithm {
  return {
    ...keyForm(type, bits),
    name,
    usages: { "private-key": ["agree", "derive"], "public-key": ["agree", "derive"] },
    webcrypto: () => ({ name }),
    provesPair: (privateKey, publicKey) => {
      const other = generateKeyPairSync(type as "x25519");
      const one = diffieHellman({ privateKey, publicKey: other.publicKey });
      return one.equals(diffieHellman({ privateKey: other.privateKey, publicKey }));
    },
    agree: (privateKey, peer) => diffieHellman({ privateKey, publicKey: peer }),
  };
}

/** Ed25519 and Ed448. @see RFC 8032; FIPS 186-5 section 7 */
export const eddsaAlgorithms: readonly Algorithm[] = [
  eddsa("Ed25519", "ed25519", 256, 64),
  eddsa("Ed448", "ed448", 456, 114),
];

/** X25519 and X448; a shared secret of zeros is refused by the runtime. @see RFC 7748 section 6 */
export const xdhAlgorithms: readonly Algorithm[] = [xdh("X25519", "x25519", 256), xdh("X448", "x448", 448)];
