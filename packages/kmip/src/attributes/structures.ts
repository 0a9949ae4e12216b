import type { ValueOf } from "../fields/codec.ts";
import { optional, repeated, required } from "../fields/field.ts";
import { struct } from "../fields/struct.ts";
import { boolean, bytes, enumeration, identifier, integer, longInteger, text } from "../fields/values.ts";
import { TAG } from "../tags/tag-table.ts";

// The structures of KMIP 1.4 section 3 and KMIP 2.1 section 4 ("Attributes"), and those they share with payloads.

/** @see KMIP 1.4 section 3.2 */
export const name = struct({
  nameValue: required(TAG.NameValue, text),
  nameType: required(TAG.NameType, enumeration),
});
export type Name = ValueOf<typeof name>;

/** @see KMIP 1.4 section 3.6 */
export const cryptographicParameters = struct({
  blockCipherMode: optional(TAG.BlockCipherMode, enumeration),
  paddingMethod: optional(TAG.PaddingMethod, enumeration),
  hashingAlgorithm: optional(TAG.HashingAlgorithm, enumeration),
  keyRoleType: optional(TAG.KeyRoleType, enumeration),
  digitalSignatureAlgorithm: optional(TAG.DigitalSignatureAlgorithm, enumeration, { since: "1.2" }),
  cryptographicAlgorithm: optional(TAG.CryptographicAlgorithm, enumeration, { since: "1.2" }),
  randomIv: optional(TAG.RandomIV, boolean, { since: "1.2" }),
  ivLength: optional(TAG.IVLength, integer, { since: "1.2" }),
  tagLength: optional(TAG.TagLength, integer, { since: "1.2" }),
  fixedFieldLength: optional(TAG.FixedFieldLength, integer, { since: "1.2" }),
  invocationFieldLength: optional(TAG.InvocationFieldLength, integer, { since: "1.2" }),
  counterLength: optional(TAG.CounterLength, integer, { since: "1.2" }),
  initialCounterValue: optional(TAG.InitialCounterValue, integer, { since: "1.2" }),
  saltLength: optional(TAG.SaltLength, integer, { since: "1.4" }),
  maskGenerator: optional(TAG.MaskGenerator, enumeration, { since: "1.4" }),
  maskGeneratorHashingAlgorithm: optional(TAG.MaskGeneratorHashingAlgorithm, enumeration, { since: "1.4" }),
  pSource: optional(TAG.PSource, bytes, { since: "1.4" }),
  trailerField: optional(TAG.TrailerField, integer, { since: "1.4" }),
});
export type CryptographicParameters = ValueOf<typeof cryptographicParameters>;

/** @see KMIP 1.4 section 3.7 */
export const cryptographicDomainParameters = struct({
  qLength: optional(TAG.Qlength, integer),
  recommendedCurve: optional(TAG.RecommendedCurve, enumeration),
});

/** @see KMIP 1.4 section 3.10 */
export const x509CertificateIdentifier = struct({
  issuerDistinguishedName: required(TAG.IssuerDistinguishedName, bytes),
  certificateSerialNumber: required(TAG.CertificateSerialNumber, bytes),
});

/** @see KMIP 1.4 section 3.11 */
export const x509CertificateSubject = struct({
  subjectDistinguishedName: required(TAG.SubjectDistinguishedName, bytes),
  subjectAlternativeName: repeated(TAG.SubjectAlternativeName, bytes),
});

/** @see KMIP 1.4 section 3.12 */
export const x509CertificateIssuer = struct({
  issuerDistinguishedName: required(TAG.IssuerDistinguishedName, bytes),
  issuerAlternativeName: repeated(TAG.IssuerAlternativeName, bytes),
});

/** Deprecated since 1.1. @see KMIP 1.4 section 3.13 */
export const certificateIdentifier = struct({
  issuer: required(TAG.Issuer, text),
  serialNumber: optional(TAG.SerialNumber, text),
});

/** Deprecated since 1.1. @see KMIP 1.4 section 3.14 */
export const certificateSubject = struct({
  certificateSubjectDistinguishedName: required(TAG.CertificateSubjectDistinguishedName, text),
  certificateSubjectAlternativeName: repeated(TAG.CertificateSubjectAlternativeName, text),
});

/** Deprecated since 1.1. @see KMIP 1.4 section 3.15 */
export const certificateIssuer = struct({
  certificateIssuerDistinguishedName: required(TAG.CertificateIssuerDistinguishedName, text),
  certificateIssuerAlternativeName: repeated(TAG.CertificateIssuerAlternativeName, text),
});

/** @see KMIP 1.4 section 3.17 */
export const digest = struct({
  hashingAlgorithm: required(TAG.HashingAlgorithm, enumeration),
  digestValue: optional(TAG.DigestValue, bytes),
  keyFormatType: optional(TAG.KeyFormatType, enumeration, { since: "1.1" }),
});

/** The client gives total, unit or both; the server all three. @see KMIP 1.4 section 3.21 */
export const usageLimits = struct({
  usageLimitsTotal: optional(TAG.UsageLimitsTotal, longInteger),
  usageLimitsCount: optional(TAG.UsageLimitsCount, longInteger),
  usageLimitsUnit: optional(TAG.UsageLimitsUnit, enumeration),
});

/** @see KMIP 1.4 section 3.31 */
export const revocationReason = struct({
  revocationReasonCode: required(TAG.RevocationReasonCode, enumeration),
  revocationMessage: optional(TAG.RevocationMessage, text),
});

/** @see KMIP 1.4 section 3.35 */
export const link = struct({
  linkType: required(TAG.LinkType, enumeration),
  linkedObjectIdentifier: required(TAG.LinkedObjectIdentifier, identifier),
});

/** @see KMIP 1.4 section 3.36 */
export const applicationSpecificInformation = struct({
  applicationNamespace: required(TAG.ApplicationNamespace, text),
  applicationData: optional(TAG.ApplicationData, text),
});

/** @see KMIP 1.4 section 3.40 */
export const alternativeName = struct({
  alternativeNameValue: required(TAG.AlternativeNameValue, text),
  alternativeNameType: required(TAG.AlternativeNameType, enumeration),
});

/** @see KMIP 1.4 section 3.42 */
export const keyValueLocation = struct({
  keyValueLocationValue: required(TAG.KeyValueLocationValue, text),
  keyValueLocationType: required(TAG.KeyValueLocationType, enumeration),
});

/** @see KMIP 1.4 section 2.1.18 */
export const rngParameters = struct({
  rngAlgorithm: required(TAG.RNGAlgorithm, enumeration),
  cryptographicAlgorithm: optional(TAG.CryptographicAlgorithm, enumeration),
  cryptographicLength: optional(TAG.CryptographicLength, integer),
  hashingAlgorithm: optional(TAG.HashingAlgorithm, enumeration),
  drbgAlgorithm: optional(TAG.DRBGAlgorithm, enumeration),
  recommendedCurve: optional(TAG.RecommendedCurve, enumeration),
  fips186Variation: optional(TAG.FIPS186Variation, enumeration),
  predictionResistance: optional(TAG.PredictionResistance, boolean),
});

/** @see KMIP 2.1 section 4.50 */
export const rotateName = struct({
  rotateNameValue: required(TAG.RotateNameValue, text),
  rotateNameType: required(TAG.RotateNameType, enumeration),
});

/** @see KMIP 2.1 section 7.25; also the payloads of Login and Delegated Login */
export const ticket = struct({
  ticketType: required(TAG.TicketType, enumeration),
  ticketValue: required(TAG.TicketValue, bytes),
});
