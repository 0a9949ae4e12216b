import { certificatesOf, parseBundle } from "../model/bundle.ts";
import { verifyCms } from "../pdf/cms.ts";
import { findEvidence, isPdf, unpackEvidence } from "../pdf/pdf-evidence.ts";
import { readPdfSignature } from "../pdf/pdf-signature.ts";
import { type VerifiedReport, type VerifyOptions, verifyParsed } from "./verify-bundle.ts";
import { verifyPdfText } from "./verify-pdf-text.ts";

/**
 * Verifies a report offline, in either form: the signed PDF with its evidence inside, or the evidence alone.
 *
 * Of a PDF the signature comes first: a file that was changed is refused before anything in it is unpacked.
 *
 * @throws {@link ReportError} by the fact that does not hold; nothing else is thrown for any bytes
 * @see docs/spec/custody-report.md
 */
export async function verifyReport(bytes: Uint8Array, options: VerifyOptions = {}): Promise<VerifiedReport> {
  if (!isPdf(bytes)) return verifyParsed(parseBundle(bytes), options);
  const packed = findEvidence(bytes);
  const signature = await readPdfSignature(bytes);
  const bundle = parseBundle(await unpackEvidence(packed));
  await verifyCms(signature, certificatesOf(bundle.evidence));
  const report = await verifyParsed(bundle, options);
  await verifyPdfText(bytes, report.content);
  const own = [
    {
      what: "PDF signature",
      text: "made with the report key over every byte of the file; nothing is appended",
      holds: true,
    },
    { what: "PDF pages", text: "say exactly what the evidence says, letter by letter", holds: true },
  ];
  return { ...report, form: "pdf", checks: [...report.checks.slice(0, -1), ...own, ...report.checks.slice(-1)] };
}
