/**
 * The custody report: reading its evidence, verifying it offline, and the words it says. Pure, for browser and Node.
 *
 * @example
 * ```ts
 * const report = await verifyReport(bytes, { words: "… eight words …" });
 * for (const { what, text } of report.checks) console.log(what, text);
 * ```
 *
 * @packageDocumentation
 */
export { type BundleParts, buildBundle } from "./build/build-bundle.ts";
export { linksInReport, type ProvenLinkIn } from "./build/links-in-report.ts";
export { REPORT_ERROR_CODES, ReportError, type ReportErrorCode } from "./errors.ts";
export {
  type Bundle,
  type Declared,
  type DeclaredToken,
  type Evidence,
  encodeBundle,
  evidenceNonce,
  MAX_ASKED_NONCE_BYTES,
  MAX_BUNDLE_BYTES,
  parseBundle,
} from "./model/bundle.ts";
export type { ChangeFacts, ClientFacts, EventFacts, Facts, KeyFacts, UseFacts } from "./model/facts.ts";
export { type KeyStateBytes, keysDigest } from "./model/keys-digest.ts";
export { parseCertificate } from "./pdf/certificate.ts";
export type { CmsCertificates, ReportSigner } from "./pdf/cms.ts";
export { EVIDENCE_FILE_NAME, EVIDENCE_MEDIA_TYPE } from "./pdf/pdf-evidence.ts";
export { BYTE_RANGE_PLACEHOLDER, SIGNATURE_ROOM, signPdf } from "./pdf/pdf-signature.ts";
export { HEADINGS, runningFoot, shareWords } from "./render/content-texts.ts";
export { printable } from "./render/printable.ts";
export { REPORT_TITLE, renderContent, reportName } from "./render/render-content.ts";
export type {
  AttentionItem,
  Cell,
  Column,
  Note,
  ReportContent,
  ReportTable,
  Share,
  Tone,
} from "./render/report-content.ts";
export type { Check } from "./verify/describe-checks.ts";
export { findLinkProof, firstLinkProof, type LinkProof, readLinkProof, verifyLinkProof } from "./verify/link-proof.ts";
export { type VerifiedReport, type VerifyOptions, verifyBundle } from "./verify/verify-bundle.ts";
export { verifyReport } from "./verify/verify-report.ts";
