export { ReportError, type ReportErrorCode } from "./errors.ts";
export { parseCertificate } from "./pdf/certificate.ts";
export type { CmsCertificates, ReportSigner } from "./pdf/cms.ts";
export { EVIDENCE_FILE_NAME, EVIDENCE_MEDIA_TYPE, extractEvidence, isPdf } from "./pdf/pdf-evidence.ts";
export { BYTE_RANGE_PLACEHOLDER, SIGNATURE_ROOM, signPdf, verifyPdfSignature } from "./pdf/pdf-signature.ts";
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
