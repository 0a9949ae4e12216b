import { KEY_USAGES, type KeyUsage } from "@holdfast/protocol";

export type { KeyUsage };

/** What a kept thing is; the words of key records. @see KMIP Object Type */
export type MaterialType =
  | "symmetric-key"
  | "private-key"
  | "public-key"
  | "secret-data"
  | "opaque"
  | "certificate"
  | "pgp-key"
  | "split-key"
  | "template";

/** Usages under which this package does something with a key; every kind of material may carry the others. */
export const PERFORMED_USAGES: readonly KeyUsage[] = [
  "sign",
  "verify",
  "encrypt",
  "decrypt",
  "wrap",
  "unwrap",
  "mac",
  "verifymac",
  "derive",
  "agree",
];

const KNOWN: ReadonlySet<string> = new Set(KEY_USAGES);

/**
 * Tells whether a list of usages may be given to material: known words, each once.
 *
 * One that its algorithm does not perform does nothing, and neither does the empty list: clients give both to what they
 * only keep here.
 */
export function areUsages(usages: readonly KeyUsage[]): boolean {
  return Array.isArray(usages) && new Set(usages).size === usages.length && usages.every((usage) => KNOWN.has(usage));
}

const WEBCRYPTO: Partial<Record<KeyUsage, readonly string[]>> = {
  encrypt: ["encrypt"],
  decrypt: ["decrypt"],
  sign: ["sign"],
  verify: ["verify"],
  mac: ["sign"],
  verifymac: ["verify"],
  wrap: ["wrapKey"],
  unwrap: ["unwrapKey"],
  derive: ["deriveKey", "deriveBits"],
  agree: ["deriveKey", "deriveBits"],
};

/** The usages as WebCrypto names them. */
export function webcryptoUsages(usages: readonly KeyUsage[]): readonly string[] {
  return Object.freeze([...new Set(usages.flatMap((usage) => WEBCRYPTO[usage] ?? []))]);
}
