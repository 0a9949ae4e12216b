import { ENUM } from "@holdfast/kmip";
import { refuse } from "../refused.ts";

type LinkTypeName = keyof typeof ENUM.LinkType;

/** What the record calls each kind of link. */
const KINDS: Readonly<Record<LinkTypeName, string>> = {
  CertificateLink: "certificate",
  PublicKeyLink: "public-key",
  PrivateKeyLink: "private-key",
  DerivationBaseObjectLink: "derivation-base",
  DerivedKeyLink: "derived-key",
  ReplacementObjectLink: "replacement",
  ReplacedObjectLink: "replaced",
  ParentLink: "parent",
  ChildLink: "child",
  PreviousLink: "previous",
  NextLink: "next",
  PKCS_12CertificateLink: "pkcs12-certificate",
  PKCS_12PasswordLink: "pkcs12-password",
  WrappingKeyLink: "wrapping-key",
};

const kindByNumber = new Map<number, string>(
  Object.entries(KINDS).map(([name, kind]) => [ENUM.LinkType[name as LinkTypeName], kind]),
);
const numberByKind = new Map([...kindByNumber].map(([number, kind]) => [kind, number]));

/** @throws KmipRefusedError for a kind of link that no version has */
export function linkKind(linkType: number): string {
  return kindByNumber.get(linkType) ?? refuse("InvalidField", "There is no such Link Type.");
}

/** The Link Type of a link; null for one that KMIP has not. */
export function findLinkType(kind: string): number | null {
  return numberByKind.get(kind) ?? null;
}
