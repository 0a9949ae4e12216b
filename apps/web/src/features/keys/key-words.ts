import { isKeyPairAlgorithm, KEY_ALGORITHMS } from "@holdfast/protocol";

const TYPES: Readonly<Record<string, string>> = {
  "symmetric-key": "symmetric key",
  "private-key": "private key",
  "public-key": "public key",
  "secret-data": "secret data",
  opaque: "opaque object",
  certificate: "certificate",
  "split-key": "part of a split key",
  "pgp-key": "PGP key",
  template: "template",
};

const USES: Readonly<Record<string, string>> = {
  verify: "check signatures",
  wrap: "wrap keys",
  unwrap: "unwrap keys",
  export: "export",
  mac: "authenticate",
  verifymac: "check authentication",
  derive: "derive keys",
  commit: "sign content commitments",
  agree: "agree on secrets",
  certsign: "sign certificates",
  crlsign: "sign revocation lists",
  generatecryptogram: "generate cryptograms",
  validatecryptogram: "validate cryptograms",
  translateencrypt: "translate for encryption",
  translatedecrypt: "translate for decryption",
  translatewrap: "translate for wrapping",
  translateunwrap: "translate for unwrapping",
  unrestricted: "anything",
  fpeencrypt: "encrypt keeping the format",
  fpedecrypt: "decrypt keeping the format",
};

/** What of an object tells its kind. */
interface KindOfKey {
  readonly type: string;
  readonly algorithm: string;
}

/** A type of object in words. */
export function typeText(type: string): string {
  return TYPES[type] ?? type;
}

/** Its algorithm; null for what has none, whose type stands in its place. */
export function algorithmOf({ type, algorithm }: KindOfKey): string | null {
  return algorithm === type ? null : algorithm;
}

/** What kind of object it is besides its algorithm, where that does not say it; null for a plain symmetric key. */
export function typeBesides(key: KindOfKey): string | null {
  return key.type === "symmetric-key" && algorithmOf(key) !== null ? null : typeText(key.type);
}

/** What a key is used for, in words. */
export function usageText(usage: readonly string[]): string {
  return usage.length === 0 ? "kept only" : usage.map((use) => USES[use] ?? use).join(", ");
}

interface WayOut {
  readonly type: string;
  readonly extractable: boolean;
  readonly inToken: boolean;
}

/** Whether its material may leave, in words; a public key or a certificate is no secret. */
export function leavesText({ type, extractable, inToken }: WayOut): string {
  if (inToken) return "never leaves the hardware token";
  if (type === "public-key" || type === "certificate") return "holds no secret";
  return extractable ? "can be handed out" : "never extractable";
}

/** Whether the key server makes new versions of it: of symmetric keys whose algorithm it makes, and nothing else. */
export function isRotatable({ type, algorithm }: KindOfKey): boolean {
  const made = (KEY_ALGORITHMS as readonly string[]).includes(algorithm) && !isKeyPairAlgorithm(algorithm);
  return type === "symmetric-key" && made;
}

/** What it does in the first place; everything people are told about its life depends on that. */
export type Doing = "data" | "sign" | "verify" | "mac" | "wrap" | "agree" | "kept";

const DOING: readonly (readonly [string, Doing])[] = [
  ["encrypt", "data"],
  ["decrypt", "data"],
  ["sign", "sign"],
  ["verify", "verify"],
  ["mac", "mac"],
  ["verifymac", "mac"],
  ["wrap", "wrap"],
  ["unwrap", "wrap"],
  ["agree", "agree"],
  ["derive", "agree"],
];

/** What a key of these uses does in the first place. */
export function doingOf(usage: readonly string[]): Doing {
  return DOING.find(([use]) => usage.includes(use))?.[1] ?? "kept";
}
