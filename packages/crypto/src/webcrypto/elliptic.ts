import { EcdhProvider, EcdsaProvider, Ed25519Provider, X25519Provider } from "webcrypto-core";
import { CryptoError } from "../errors.ts";
import type { KeyHandle } from "../handle/key-handle.ts";
import type { HashAlgorithm } from "../policy/hash.ts";
import { sign, verify } from "../signature/sign.ts";
import { SigningHandle } from "../signing/signing-handle.ts";
import { VerifyingKey } from "../signing/verifying-key.ts";
import { signWith, verifyWith } from "./agent-signature.ts";
import { exportHalf, importHalf, newPair } from "./asymmetric-keys.ts";
import { answer, asHandle, faceOn } from "./face.ts";

type Key = globalThis.CryptoKey;

const CURVES: Readonly<Record<string, string>> = {
  "P-256": "EC-P256",
  "P-384": "EC-P384",
  "P-521": "EC-P521",
  "K-256": "EC-secp256k1",
};

/** Keys of the agent itself, which sign and verify by a shorter way. */
function isAgentKey(key: Key): boolean {
  return key instanceof SigningHandle || key instanceof VerifyingKey;
}

/** Keys of a family, made and read by the name its parameters give. */
function keysOf(nameOf: (algorithm: Algorithm) => string, fits: (name: string) => boolean) {
  return {
    async onGenerateKey(
      algorithm: Algorithm,
      extractable: boolean,
      usages: string[],
    ): Promise<ReturnType<typeof newPair>> {
      return newPair(nameOf(algorithm), extractable, usages);
    },
    async onImportKey(
      format: string,
      data: unknown,
      algorithm: Algorithm,
      extractable: boolean,
      usages: string[],
    ): Promise<KeyHandle> {
      return importHalf(nameOf(algorithm), format, data, extractable, usages);
    },
    async onExportKey(format: KeyFormat, key: Key): Promise<JsonWebKey | ArrayBuffer> {
      return exportHalf(format, key);
    },
    checkCryptoKey(key: Key, usage?: KeyUsage): void {
      if (!isAgentKey(key) && !fits(asHandle(key).keyAlgorithm ?? "")) throw new CryptoError("E_CRYPTO_KEY");
      if (usage !== undefined && !key.usages.includes(usage)) throw new CryptoError("E_CRYPTO_USAGE");
    },
  };
}

const curveKeys = keysOf(
  (algorithm) => {
    const name = CURVES[(algorithm as EcKeyGenParams).namedCurve?.toUpperCase?.() ?? ""];
    if (name === undefined) throw new CryptoError("E_CRYPTO_ALGORITHM");
    return name;
  },
  (name) => name.startsWith("EC-"),
);

/** ECDSA of the asynchronous face, r and s side by side; the agent's own P-256 keys too. @see FIPS 186-5 section 6.4 */
export const ecdsaFace = faceOn(EcdsaProvider, {
  ...curveKeys,
  hashAlgorithms: ["SHA-256", "SHA-384", "SHA-512"],

  async onSign(algorithm: EcdsaParams, key: Key, data: ArrayBuffer): Promise<ArrayBuffer> {
    const hash = hashOf(algorithm);
    if (isAgentKey(key)) return signWith("P-256", requireSha256(hash, key), data);
    return answer(sign(asHandle(key), { scheme: "ECDSA", form: "raw", hash }, new Uint8Array(data)));
  },

  async onVerify(algorithm: EcdsaParams, key: Key, signature: ArrayBuffer, data: ArrayBuffer): Promise<boolean> {
    const hash = hashOf(algorithm);
    if (isAgentKey(key)) return verifyWith("P-256", requireSha256(hash, key), signature, data);
    const params = { scheme: "ECDSA", form: "raw", hash } as const;
    return verify(asHandle(key), params, new Uint8Array(data), new Uint8Array(signature));
  },
});

function hashOf({ hash }: EcdsaParams): HashAlgorithm {
  return (hash as Algorithm).name.toUpperCase() as HashAlgorithm;
}

/** The agent's own keys sign with SHA-256 only. */
function requireSha256(hash: HashAlgorithm, key: Key): Key {
  if (hash !== "SHA-256") throw new CryptoError("E_CRYPTO_INPUT");
  return key;
}

/** Ed25519 of the asynchronous face; the agent's own keys too. @see RFC 8032 */
export const ed25519Face = faceOn(Ed25519Provider, {
  ...keysOf(
    () => "Ed25519",
    (name) => name === "Ed25519",
  ),

  async onSign(_algorithm: Algorithm, key: Key, data: ArrayBuffer): Promise<ArrayBuffer> {
    if (isAgentKey(key)) return signWith("Ed25519", key, data);
    return answer(sign(asHandle(key), { scheme: "EdDSA" }, new Uint8Array(data)));
  },

  async onVerify(_algorithm: Algorithm, key: Key, signature: ArrayBuffer, data: ArrayBuffer): Promise<boolean> {
    if (isAgentKey(key)) return verifyWith("Ed25519", key, signature, data);
    return verify(asHandle(key), { scheme: "EdDSA" }, new Uint8Array(data), new Uint8Array(signature));
  },
});

/** ECDH keys of the asynchronous face; `deriveKey` derives with them. @see SP 800-56A revision 3 */
export const ecdhFace = faceOn(EcdhProvider, { ...curveKeys });

/** X25519 keys of the asynchronous face; `deriveKey` derives with them. @see RFC 7748 */
export const x25519Face = faceOn(X25519Provider, {
  ...keysOf(
    () => "X25519",
    (name) => name === "X25519",
  ),
});
