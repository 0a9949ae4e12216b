import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { CryptoKey } from "webcrypto-core";
import { CryptoError } from "../errors.ts";

/** The two signature schemes of an agent: ECDSA P-256 with SHA-256, and Ed25519. */
export type SigningScheme = "P-256" | "Ed25519";

/** `raw` is r‖s (P-256, 64 bytes) or R‖S (Ed25519); `der` is X.509's ECDSA-Sig-Value. Ed25519 has one form. */
export type SignatureForm = "raw" | "der";

const COSE_EC2_HEAD = Buffer.from("a5010203262001215820", "hex");
const COSE_EC2_Y = Buffer.from("225820", "hex");
const COSE_OKP_HEAD = Buffer.from("a4010103272006215820", "hex");

const P256_SPKI_HEAD = Buffer.from("3059301306072a8648ce3d020106082a8648ce3d03010703420004", "hex");
const ED25519_SPKI_HEAD = Buffer.from("302a300506032b6570032100", "hex");

/** A public key in the forms that documents, certificates and logs need. It is a WebCrypto public key. */
export class VerifyingKey extends CryptoKey {
  readonly scheme: SigningScheme;
  /** Uncompressed point of 65 bytes (P-256) or 32 bytes (Ed25519). */
  readonly raw: Uint8Array;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
  /** Canonical COSE_Key with its algorithm (-7 or -8). @see RFC 9053 section 7 */
  readonly cose: Uint8Array;
  #key: KeyObject;

  /** @throws {@link CryptoError} `E_CRYPTO_KEY` for any key but P-256 or Ed25519 */
  constructor(key: KeyObject) {
    super();
    this.scheme = schemeOf(key);
    const jwk = key.export({ format: "jwk" });
    const x = Buffer.from(jwk.x ?? "", "base64url");
    const y = Buffer.from(jwk.y ?? "", "base64url");
    this.raw = this.scheme === "P-256" ? Buffer.concat([Buffer.of(4), x, y]) : x;
    this.cose =
      this.scheme === "P-256" ? Buffer.concat([COSE_EC2_HEAD, x, COSE_EC2_Y, y]) : Buffer.concat([COSE_OKP_HEAD, x]);
    this.spki = key.export({ format: "der", type: "spki" });
    this.#key = key;
    this.algorithm = webcryptoAlgorithm(this.scheme);
    this.type = "public";
    this.extractable = true;
    this.usages = Object.freeze(["verify"]) as unknown as KeyUsage[];
    Object.freeze(this);
  }

  /** Public JSON Web Key with kty, crv and coordinates only. */
  get jwk(): JsonWebKey {
    const { kty, crv, x, y } = this.#key.export({ format: "jwk" });
    return { kty, crv, x, ...(y === undefined ? {} : { y }) } as JsonWebKey;
  }

  /** Tells whether the signature is this key's over the bytes. Never throws on untrusted signatures. */
  verify(signature: Uint8Array, bytes: Uint8Array, form: SignatureForm = "raw"): boolean {
    if (!(signature instanceof Uint8Array) || !(bytes instanceof Uint8Array)) return false;
    if (this.scheme === "Ed25519") return signature.byteLength === 64 && verify(null, bytes, this.#key, signature);
    if (form === "raw" && signature.byteLength !== 64) return false;
    try {
      return verify("sha256", bytes, { key: this.#key, dsaEncoding: form === "raw" ? "ieee-p1363" : "der" }, signature);
    } catch {
      return false; // a DER signature that does not parse
    }
  }
}

/** @throws {@link CryptoError} `E_CRYPTO_KEY` unless the bytes are exactly one P-256 or Ed25519 SubjectPublicKeyInfo */
export function parseVerifyingKey(spki: Uint8Array): VerifyingKey {
  let key: VerifyingKey;
  try {
    key = new VerifyingKey(createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" }));
  } catch {
    throw new CryptoError("E_CRYPTO_KEY");
  }
  if (!Buffer.from(spki).equals(key.spki)) throw new CryptoError("E_CRYPTO_KEY");
  return key;
}

/**
 * Reads a canonical COSE_Key of one of the two schemes, exactly as {@link VerifyingKey.cose} writes it.
 *
 * @throws {@link CryptoError} `E_CRYPTO_KEY` for anything else
 */
export function parseCoseVerifyingKey(cose: Uint8Array): VerifyingKey {
  const bytes = Buffer.from(cose);
  const okp = bytes.byteLength === 42;
  const spki = okp
    ? Buffer.concat([ED25519_SPKI_HEAD, bytes.subarray(10)])
    : Buffer.concat([P256_SPKI_HEAD, bytes.subarray(10, 42), bytes.subarray(45)]);
  const key = parseVerifyingKey(spki);
  if (!bytes.equals(key.cose)) throw new CryptoError("E_CRYPTO_KEY");
  return key;
}

/** @throws {@link CryptoError} `E_CRYPTO_KEY` for anything but P-256 and Ed25519 keys */
export function schemeOf(key: KeyObject): SigningScheme {
  if (key.asymmetricKeyType === "ed25519") return "Ed25519";
  if (key.asymmetricKeyType === "ec" && key.asymmetricKeyDetails?.namedCurve === "prime256v1") return "P-256";
  throw new CryptoError("E_CRYPTO_KEY");
}

/** The algorithm a WebCrypto key of the scheme names. */
export function webcryptoAlgorithm(scheme: SigningScheme): KeyAlgorithm {
  return Object.freeze(scheme === "P-256" ? { name: "ECDSA", namedCurve: "P-256" } : { name: "Ed25519" });
}
