import type { KeyObject } from "node:crypto";
import { CryptoError } from "../errors.ts";

/** Names of a key's numbers: RSA's of RFC 8017, `x`, `y` and `d` of elliptic curves, `key` of a symmetric key. */
export type ComponentName = "n" | "e" | "d" | "p" | "q" | "dp" | "dq" | "qi" | "x" | "y" | "key";

/** Big-endian bytes of a key's numbers. */
export type Components = Readonly<Partial<Record<ComponentName, Buffer>>>;

const NAMES: readonly ComponentName[] = ["n", "e", "d", "p", "q", "dp", "dq", "qi", "x", "y"];

/** A runtime key as its numbers. Inside this package only (egress). @throws {@link CryptoError} `E_CRYPTO_INPUT` */
export function componentsOf(key: KeyObject): Components {
  if (key.type === "secret") return { key: key.export() };
  const type = key.asymmetricKeyType;
  if (type !== "rsa" && type !== "ec") throw new CryptoError("E_CRYPTO_INPUT", "The material has no such form.");
  const jwk = key.export({ format: "jwk" }) as Record<string, unknown>;
  return Object.fromEntries(
    NAMES.flatMap((name) => {
      const text = jwk[name];
      return typeof text === "string" ? [[name, Buffer.from(text, "base64url")]] : [];
    }),
  );
}
