import { createPrivateKey } from "node:crypto";
import { TransferError } from "./errors.ts";
import { type FoundKey, foundPrivateKey, foundSecret } from "./found-key.ts";

const HMAC: Readonly<Record<string, string>> = { HS256: "HMAC-SHA256", HS384: "HMAC-SHA384", HS512: "HMAC-SHA512" };
const AES = /^A(128|192|256)(?:GCM|KW|GCMKW|CBC|CTR)/;

type Jwk = Readonly<Record<string, unknown>>;

/** The secret keys of a JWK or a JWK set. @throws {@link TransferError} `E_KEY_FILE` */
export function readJwks(value: Jwk): FoundKey[] {
  const keys: unknown[] = Array.isArray(value["keys"]) ? value["keys"] : [value];
  return keys.map((each) => readJwk(each as Jwk));
}

/** @see RFC 7517, RFC 7518 section 6 */
function readJwk(jwk: Jwk): FoundKey {
  const label = typeof jwk["kid"] === "string" && jwk["kid"] !== "" ? jwk["kid"] : null;
  const algorithm = typeof jwk["alg"] === "string" ? jwk["alg"] : "";
  if (jwk["kty"] === "oct") {
    const material = decoded(jwk["k"]);
    const [, bits] = AES.exec(algorithm) ?? [];
    return foundSecret(material, HMAC[algorithm] ?? (bits === undefined ? null : `AES-${bits}`), label);
  }
  if (jwk["d"] === undefined && jwk["priv"] === undefined)
    throw new TransferError("E_KEY_FILE", "A JWK is a public key: only secret and private keys are taken in.");
  try {
    return foundPrivateKey(createPrivateKey({ key: jwk as never, format: "jwk" }), label);
  } catch (cause) {
    if (cause instanceof TransferError) throw cause;
    throw new TransferError("E_KEY_FILE", "A JWK cannot be read.");
  }
}

function decoded(text: unknown): Buffer {
  const bytes = typeof text === "string" ? Buffer.from(text, "base64url") : Buffer.alloc(0);
  if (bytes.length === 0 || bytes.toString("base64url") !== text)
    throw new TransferError("E_KEY_FILE", "A JWK cannot be read.");
  return bytes;
}
