import { joinWords } from "./describe-grant.ts";
import type { KeyUsage } from "./key-words.ts";

/** Usages whose word is no word of plain language. */
const USAGE_WORDS: Partial<Record<KeyUsage, string>> = {
  wrap: "wrap keys",
  unwrap: "unwrap keys",
  mac: "authenticate",
  verifymac: "check authentication",
  derive: "derive keys",
  agree: "agree on keys",
  commit: "sign content commitments",
  certsign: "sign certificates",
  crlsign: "sign revocation lists",
};

/** What a key is for, in words. */
export function usageWords(usage: readonly KeyUsage[]): string {
  return joinWords(usage.map((word) => USAGE_WORDS[word] ?? word));
}
