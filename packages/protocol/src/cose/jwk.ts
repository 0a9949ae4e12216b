import { encodeBase64url } from "../encoding/base64url.ts";
import type { CoseKey } from "./cose-key.ts";

/** The members of a JSON Web Key that public keys have here. */
export interface PublicJwk {
  kty: string;
  crv?: string;
  x?: string;
  y?: string;
  n?: string;
  e?: string;
}

/** A public key as platforms import it. */
export function jwkOf(key: CoseKey): PublicJwk {
  switch (key.alg) {
    case "ES256":
      return { kty: "EC", crv: "P-256", x: encodeBase64url(key.x), y: encodeBase64url(key.y) };
    case "EdDSA":
      return { kty: "OKP", crv: "Ed25519", x: encodeBase64url(key.x) };
    case "RS256":
      return { kty: "RSA", n: encodeBase64url(key.n), e: encodeBase64url(key.e) };
  }
}
