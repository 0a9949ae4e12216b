import type { KeyObject } from "node:crypto";
import { TransferError } from "./errors.ts";

/** A key as it was found in a file. Caller must: wipe `material` when it is sealed. */
export interface FoundKey {
  /** What the file calls it; null where it says nothing. */
  readonly label: string | null;
  readonly type: "symmetric-key" | "private-key" | "secret-data";
  /** Null for a secret that is no key. */
  readonly algorithm: string | null;
  /** PKCS #8 of a private key, bytes of all else. */
  readonly material: Buffer;
  /** What a list says besides. */
  readonly usage?: readonly string[];
  readonly group?: string;
  readonly alias?: string;
  readonly extractable?: boolean;
  readonly foreign?: readonly string[];
}

const CURVES: Readonly<Record<string, string>> = {
  prime256v1: "EC-P256",
  secp384r1: "EC-P384",
  secp521r1: "EC-P521",
  secp256k1: "EC-secp256k1",
};
const NAMED: Readonly<Record<string, string>> = {
  ed25519: "Ed25519",
  ed448: "Ed448",
  x25519: "X25519",
  x448: "X448",
};
const MADE_RSA_BITS = [1024, 2048, 3072, 4096];

/** A private key in the form in which it is sealed. @throws {@link TransferError} `E_KEY_FILE` for one of another kind */
export function foundPrivateKey(key: KeyObject, label: string | null): FoundKey {
  return {
    label,
    type: "private-key",
    algorithm: algorithmOf(key),
    material: key.export({ format: "der", type: "pkcs8" }),
  };
}

/** A secret key of bytes; what nobody named is AES where its size is one of AES. */
export function foundSecret(material: Buffer, algorithm: string | null, label: string | null): FoundKey {
  const named =
    algorithm ??
    (material.length === 16 || material.length === 24 || material.length === 32 ? `AES-${material.length * 8}` : null);
  if (named === null)
    throw new TransferError("E_KEY_FILE", `A key of ${material.length} bytes does not say its algorithm.`);
  if (named === "secret-data") return { label, type: "secret-data", algorithm: null, material };
  return { label, type: "symmetric-key", algorithm: named, material };
}

function algorithmOf(key: KeyObject): string {
  const { asymmetricKeyType: type = "", asymmetricKeyDetails: details = {} } = key;
  if (type === "rsa") {
    const { modulusLength = 0 } = details;
    return MADE_RSA_BITS.includes(modulusLength) ? `RSA-${modulusLength}` : "RSA";
  }
  const named = type === "ec" ? CURVES[details.namedCurve ?? ""] : (NAMED[type] ?? postQuantum(type));
  if (named === undefined) throw new TransferError("E_KEY_FILE", "A private key is of a kind that is not taken in.");
  return named;
}

function postQuantum(type: string): string | undefined {
  return /^ml-(?:kem|dsa)-\d{2,4}$/.test(type) ? type.toUpperCase() : undefined;
}
