import { ReportError } from "../errors.ts";
import { MAX_BUNDLE_BYTES } from "../model/bundle.ts";
import { inflate } from "./inflate.ts";
import { findText, latin1 } from "./pdf-signature.ts";

/** Media type of the evidence inside a report. */
export const EVIDENCE_MEDIA_TYPE = "application/vnd.holdfast.evidence+json";
/** Name of the evidence inside a report. */
export const EVIDENCE_FILE_NAME = "evidence.holdfast.json";

const MARK = "/Type /EmbeddedFile";

/** Whether a file is a PDF. */
export function isPdf(bytes: Uint8Array): boolean {
  return findText(bytes.subarray(0, 5), "%PDF-", 0) === 0;
}

/**
 * Finds the attached evidence in a report, which holds exactly one attachment; still packed.
 *
 * This is no PDF reader: it reads the one form in which the agent writes its attachment. Reading another attachment
 * than a viewer would show is not a danger, because the signature covers all of the file.
 *
 * @throws {@link ReportError} `V_PDF_EVIDENCE`
 */
export function findEvidence(pdf: Uint8Array): Uint8Array {
  const at = findText(pdf, MARK, 0);
  if (at < 0) throw new ReportError("V_PDF_EVIDENCE", "the PDF has no evidence attached");
  if (findText(pdf, MARK, at + 1) >= 0) throw new ReportError("V_PDF_EVIDENCE", "the PDF has more than one attachment");
  const streamAt = findText(pdf, "stream\n", at);
  const dictionary = latin1(pdf.subarray(at, Math.max(at, Math.min(streamAt, at + 1000))));
  const size = Number(/\/Length (\d{1,10})\n/.exec(dictionary)?.[1] ?? Number.NaN);
  if (!Number.isSafeInteger(size) || !dictionary.includes("/Filter /FlateDecode\n")) {
    throw new ReportError("V_PDF_EVIDENCE", "the PDF's attachment is not in our form");
  }
  const start = streamAt + "stream\n".length;
  return pdf.subarray(start, start + size);
}

/** Unpacks the evidence that was found. @throws {@link ReportError} `V_PDF_EVIDENCE`, or `E_LIMIT` */
export function unpackEvidence(packed: Uint8Array): Promise<Uint8Array> {
  return inflate(packed, MAX_BUNDLE_BYTES, "V_PDF_EVIDENCE");
}
