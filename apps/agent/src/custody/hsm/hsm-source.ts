import { parsePkcs11Uri, parseTokenKek, type TokenKek } from "@holdfast/crypto";

/** A key-encryption key that a token opens, as the store remembers it. Public. */
export interface HsmSource {
  readonly kind: "pkcs11";
  /** As it was given to `init`: token, module, and the file of the PIN. */
  readonly uri: string;
  readonly kek: TokenKek;
}

/** Reads a stored source strictly; null for anything else. */
export function parseHsmSource(value: Readonly<Record<string, unknown>>): HsmSource | null {
  if (Object.keys(value).sort().join() !== "kek,kind,uri" || value.kind !== "pkcs11") return null;
  const kek = parseTokenKek(value.kek);
  if (kek === null || typeof value.uri !== "string") return null;
  try {
    parsePkcs11Uri(value.uri);
  } catch {
    return null;
  }
  return { kind: "pkcs11", uri: value.uri, kek };
}
