import { createPrivateKey, createPublicKey, type KeyObject, sign } from "node:crypto";
import {
  decodeBase64url,
  deriveRawCredentialId,
  encodeBase64url,
  encodeEc2CoseKey,
  encodeOkpCoseKey,
  encodeRsaCoseKey,
  rawSignatureBase,
  type SignatureAlgorithm,
  type SignaturePurpose,
} from "@holdfast/protocol";
import { nextSeed } from "../random/next-seed.ts";
import { seededRandom } from "../random/seeded-random.ts";
import { derOfSignature, publicPoint, signDeterministic } from "./deterministic-ecdsa.ts";
import { RSA_TEST_KEY } from "./rsa-test-key.ts";

/** How an ECDSA signature is written: r ‖ s, or the DER of authenticators. */
export type SignatureForm = "raw" | "der";

/** A private key in memory that signs deterministically: passkeys, agents, recovery keys, liars. */
export class SoftwareKey {
  readonly alg: SignatureAlgorithm;
  /** The public key as COSE_Key. */
  readonly cose: Uint8Array<ArrayBuffer>;
  /** Of P-256 and Ed25519 keys: the 32 secret bytes. They protect nothing. */
  readonly secret: Uint8Array<ArrayBuffer>;
  readonly #sign: (message: Uint8Array) => Uint8Array<ArrayBuffer>;

  private constructor(
    alg: SignatureAlgorithm,
    made: Pick<SoftwareKey, "cose" | "secret"> & { sign: (message: Uint8Array) => Uint8Array<ArrayBuffer> },
  ) {
    this.alg = alg;
    this.cose = made.cose;
    this.secret = made.secret;
    this.#sign = made.sign;
  }

  /** Makes a key from a seed; all RS256 keys are one and the same. */
  static make(alg: SignatureAlgorithm, seed: string = nextSeed("key")): SoftwareKey {
    return SoftwareKey.ofSecret(alg, seededRandom(`key ${alg} ${seed}`)(32));
  }

  /** The key with these secret bytes. */
  static ofSecret(alg: SignatureAlgorithm, secret: Uint8Array<ArrayBuffer>): SoftwareKey {
    if (alg === "ES256") {
      const cose = encodeEc2CoseKey(publicPoint(secret));
      return new SoftwareKey(alg, { cose, secret, sign: (message) => signDeterministic(secret, message) });
    }
    const key = alg === "EdDSA" ? ed25519Key(secret) : rsaKey();
    const jwk = createPublicKey(key).export({ format: "jwk" });
    const bytes = (text: string | undefined) => decodeBase64url(text ?? "");
    const cose = alg === "EdDSA" ? encodeOkpCoseKey(bytes(jwk.x)) : encodeRsaCoseKey(bytes(jwk.n), bytes(jwk.e));
    const hash = alg === "EdDSA" ? null : "sha256";
    return new SoftwareKey(alg, { cose, secret, sign: (message) => new Uint8Array(sign(hash, message, key)) });
  }

  /** The COSE_Key as documents carry it. */
  get coseText(): string {
    return encodeBase64url(this.cose);
  }

  /** Credential id of a raw key: of a local administrator, of a recovery key. */
  get rawCredId(): string {
    return deriveRawCredentialId(this.cose);
  }

  /** The 32 bytes of an Ed25519 public key. */
  get edwardsPoint(): Uint8Array<ArrayBuffer> {
    return this.cose.slice(-32);
  }

  /** Signs bytes. */
  sign(message: Uint8Array, form: SignatureForm = "raw"): Uint8Array<ArrayBuffer> {
    const raw = this.#sign(message);
    return this.alg === "ES256" && form === "der" ? derOfSignature(raw) : raw;
  }

  /** Signs a hash for a purpose, as raw keys do; base64url. */
  signRaw(purpose: SignaturePurpose, hash: string | Uint8Array): string {
    return encodeBase64url(this.sign(rawSignatureBase(purpose, hash)));
  }
}

function ed25519Key(secret: Uint8Array): KeyObject {
  const head = Buffer.from("302e020100300506032b657004220420", "hex");
  return createPrivateKey({ key: Buffer.concat([head, secret]), format: "der", type: "pkcs8" });
}

function rsaKey(): KeyObject {
  return createPrivateKey({ key: Buffer.from(RSA_TEST_KEY, "base64"), format: "der", type: "pkcs8" });
}
