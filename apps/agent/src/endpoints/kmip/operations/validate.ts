import { X509Certificate } from "node:crypto";
import { ENUM, type Identifier } from "@holdfast/kmip";
import type { KmipContext } from "../kmip-context.ts";
import { refuse } from "../refused.ts";
import type { KmipOperation } from "./kmip-operation.ts";

const { Valid, Invalid, Unknown } = ENUM.ValidityIndicator;
const MAX_CERTIFICATES = 32;

/**
 * Judges one chain of certificates, given or kept here, at a moment: valid when each is signed by the next up to one that
 * signs itself, none is past or before its time, and none that is kept here was revoked; unknown when it ends earlier.
 *
 * @see KMIP 2.1 section 6.1.60 (Validate)
 */
export const validate: KmipOperation<"Validate"> = async (context, payload) => {
  const { certificate = [], uniqueIdentifier = [], validityDate } = payload;
  if (certificate.length + uniqueIdentifier.length > MAX_CERTIFICATES)
    refuse("InvalidField", "A chain has at most 32 certificates.");
  const names = uniqueIdentifier.map((each) => certificateName(context, each)); // all of them before the first is taken
  const kept = await Promise.all(names.map((name) => keptCertificate(context, name)));
  const chain = [
    ...certificate.map(({ certificateValue }) => ({ read: read(certificateValue), revoked: false })),
    ...kept,
  ];
  if (chain.length === 0) refuse("InvalidMessage", "No certificate is named.");
  if (chain.some(({ revoked }) => revoked)) return { validityIndicator: Invalid };
  return {
    validityIndicator: judge(
      chain.map((each) => each.read),
      validityDate ?? context.now,
    ),
  };
};

/** What the door calls a certificate; nothing of any other object is taken out. */
function certificateName(context: KmipContext, identifier: Identifier): string {
  const { name } = context.object(identifier);
  const { type } = context.operations.describeObject(context.caller, name);
  if (type !== "certificate") refuse("InvalidObjectType", "Only certificates are validated.");
  return name;
}

async function keptCertificate({ operations, caller }: KmipContext, name: string) {
  const { object, material } = await operations.getMaterial(caller, { name });
  return { read: read(material), revoked: object.state !== "active" && object.state !== "pre-active" };
}

function read(der: Uint8Array): X509Certificate {
  try {
    return new X509Certificate(der);
  } catch {
    return refuse("InvalidField", "A certificate cannot be read.");
  }
}

function judge(certificates: readonly X509Certificate[], seconds: number): number {
  const leaves = certificates.filter((each) => !certificates.some((other) => other !== each && issued(each, other)));
  const [leaf] = leaves;
  if (leaves.length > 1 || (leaf === undefined && certificates.length > 1))
    refuse("InvalidMessage", "The certificates are not one chain.");
  let current = leaf ?? (certificates[0] as X509Certificate);
  const left = new Set(certificates);
  for (;;) {
    left.delete(current);
    if (seconds * 1000 < Date.parse(current.validFrom) || seconds * 1000 > Date.parse(current.validTo)) return Invalid;
    if (issued(current, current)) return current.verify(current.publicKey) ? Valid : Invalid;
    const issuer: X509Certificate | undefined = [...left].find((each) => issued(each, current));
    if (issuer === undefined) return Unknown;
    if (!issuer.ca || !current.verify(issuer.publicKey)) return Invalid;
    current = issuer;
  }
}

/** Whether a certificate names the other as its issuer; that it signed it, is checked apart. */
function issued(issuer: X509Certificate, subject: X509Certificate): boolean {
  return subject.checkIssued(issuer) || subject.issuer === issuer.subject;
}
