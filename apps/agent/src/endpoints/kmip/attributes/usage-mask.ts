import { bitsIn, type KmipVersion, MASK } from "@holdfast/kmip";
import { KEY_USAGES } from "@holdfast/protocol";
import type { KeyUsage } from "../../../keystore/records.ts";
import { refuse } from "../refused.ts";

type MaskName = keyof typeof MASK.CryptographicUsageMask;

const NAMES: Readonly<Record<KeyUsage, MaskName>> = {
  sign: "Sign",
  verify: "Verify",
  encrypt: "Encrypt",
  decrypt: "Decrypt",
  wrap: "WrapKey",
  unwrap: "UnwrapKey",
  export: "Export",
  mac: "MACGenerate",
  verifymac: "MACVerify",
  derive: "DeriveKey",
  commit: "ContentCommitment",
  agree: "KeyAgreement",
  certsign: "CertificateSign",
  crlsign: "CRLSign",
  generatecryptogram: "GenerateCryptogram",
  validatecryptogram: "ValidateCryptogram",
  translateencrypt: "TranslateEncrypt",
  translatedecrypt: "TranslateDecrypt",
  translatewrap: "TranslateWrap",
  translateunwrap: "TranslateUnwrap",
  authenticate: "Authenticate",
  unrestricted: "Unrestricted",
  fpeencrypt: "FPEEncrypt",
  fpedecrypt: "FPEDecrypt",
};

const bitOf = (usage: KeyUsage): number => MASK.CryptographicUsageMask[NAMES[usage]];

/** What a mask permits. Bits that no version has are refused. @throws KmipRefusedError */
export function usageOfMask(mask: number): KeyUsage[] {
  const usage = KEY_USAGES.filter((each) => (mask & bitOf(each)) !== 0);
  if (maskOfUsage(usage) !== mask >>> 0) refuse("InvalidField", "The Cryptographic Usage Mask has unknown bits.");
  return usage;
}

/** The mask of what an object may be used for. */
export function maskOfUsage(usage: readonly KeyUsage[]): number {
  return usage.reduce((mask, each) => mask | bitOf(each), 0);
}

/** The same, with the bits that a version has. */
export function maskIn(version: KmipVersion, usage: readonly KeyUsage[]): number {
  return bitsIn(version, "CryptographicUsageMask", maskOfUsage(usage));
}
