import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { writeDurably } from "../../durable-file.ts";
import { AcmeError } from "./acme-error.ts";

/** The members of the public key, in the order in which its thumbprint is made. @see RFC 7638 section 3.2 */
interface PublicJwk {
  readonly crv: string;
  readonly kty: string;
  readonly x: string;
  readonly y: string;
}

/** A request's signature as ACME servers take it. @see RFC 7515 section 7.2.2, RFC 8555 section 6.2 */
export interface FlattenedJws {
  readonly protected: string;
  readonly payload: string;
  readonly signature: string;
}

/** An account that the authority knows otherwise, and its MAC key: used once, when the ACME account is made. */
export interface ExternalAccount {
  readonly kid: string;
  readonly key: Buffer;
}

/** The key of an account at an ACME server: P-256, kept in a file for this user alone. It orders certificates and opens nothing. */
export class AccountKey {
  readonly jwk: PublicJwk;
  readonly #key: KeyObject;

  private constructor(key: KeyObject) {
    const { crv = "", kty = "", x = "", y = "" } = createPublicKey(key).export({ format: "jwk" });
    this.#key = key;
    this.jwk = { crv, kty, x, y };
  }

  /** Reads the key, or makes one. @throws {@link AcmeError} `E_ACME` for a file that holds another kind */
  static open(path: string): AccountKey {
    if (!existsSync(path)) {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      writeDurably(path, privateKey.export({ type: "pkcs8", format: "pem" }) as string);
    }
    try {
      const made = new AccountKey(createPrivateKey(readFileSync(path, "utf8")));
      if (made.jwk.crv === "P-256") return made;
    } catch {
      // No private key: refused below.
    }
    throw new AcmeError(
      "E_ACME",
      `${path} holds no key of an ACME account.`,
      "Move it away: a new account is made then.",
    );
  }

  /** SHA-256 of the public key. @see RFC 7638 */
  get thumbprint(): string {
    return createHash("sha256").update(JSON.stringify(this.jwk)).digest("base64url");
  }

  /** What proves a challenge: its token with this key's thumbprint. @see RFC 8555 section 8.1 */
  authorise(token: string): string {
    return `${token}.${this.thumbprint}`;
  }

  /**
   * Binds the account to one that the authority knows otherwise: this public key under a MAC by the key that the authority gave.
   *
   * @param url - The address at which accounts are made.
   * @see RFC 8555 section 7.3.4
   */
  bind(url: string, { kid, key }: ExternalAccount): FlattenedJws {
    const [head, body] = [encoded(JSON.stringify({ alg: "HS256", kid, url })), encoded(JSON.stringify(this.jwk))];
    const signature = createHmac("sha256", key).update(`${head}.${body}`, "ascii").digest("base64url");
    return { protected: head, payload: body, signature };
  }

  /**
   * Signs a request.
   *
   * @param kid - The account's address; null for a request that makes or finds the account, which carries the key itself.
   * @param payload - null for a POST-as-GET, whose payload is empty.
   */
  sign({
    url,
    nonce,
    kid,
    payload,
  }: {
    url: string;
    nonce: string;
    kid: string | null;
    payload: object | null;
  }): FlattenedJws {
    const header = { alg: "ES256", nonce, url, ...(kid === null ? { jwk: this.jwk } : { kid }) };
    const [head, body] = [encoded(JSON.stringify(header)), payload === null ? "" : encoded(JSON.stringify(payload))];
    const signature = sign("sha256", Buffer.from(`${head}.${body}`, "ascii"), {
      key: this.#key,
      dsaEncoding: "ieee-p1363",
    });
    return { protected: head, payload: body, signature: signature.toString("base64url") };
  }
}

function encoded(text: string): string {
  return Buffer.from(text, "utf8").toString("base64url");
}
