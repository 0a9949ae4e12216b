import { ReportError } from "../errors.ts";
import { type ReportSigner, signCms } from "./cms.ts";

/** Bytes set aside in a PDF for the signature; two small certificates and a signature take about a third. */
export const SIGNATURE_ROOM = 4096;

/** What a renderer writes where the four numbers of the byte range will stand: wide enough for any file. */
export const BYTE_RANGE_PLACEHOLDER = [0, 9_999_999_999, 9_999_999_999, 9_999_999_999] as const;

type SignedRange = { readonly before: number; readonly after: number };

const BYTE_RANGE = "/ByteRange [";
const CONTENTS = "/Contents <";

/**
 * Signs a PDF in place: fills the byte range, then the signature over everything else in the file.
 *
 * @param pdf - A finished file with one signature dictionary of {@link BYTE_RANGE_PLACEHOLDER} and
 * {@link SIGNATURE_ROOM} zero bytes of `/Contents`.
 * @throws {@link ReportError} `V_PDF_SIGNATURE` when the file has no such place.
 * @see ISO 32000-2 section 12.8.1
 */
export async function signPdf(pdf: Uint8Array, signer: ReportSigner): Promise<Uint8Array> {
  const signed = pdf.slice();
  const range = findContents(signed);
  const at = findOnce(signed, BYTE_RANGE) + BYTE_RANGE.length - 1;
  const end = signed.indexOf(0x5d, at) + 1;
  const numbers = `[0 ${range.before} ${range.after} ${signed.length - range.after}]`;
  if (numbers.length > end - at) throw new ReportError("V_PDF_SIGNATURE", "no room for the byte range");
  signed.set(ascii(`${numbers.slice(0, -1).padEnd(end - at - 1)}]`), at);
  const cms = await signCms(await digestOf(signed, range), signer);
  if (cms.length > SIGNATURE_ROOM)
    throw new ReportError("V_PDF_SIGNATURE", "no room for the signature", { bytes: cms.length });
  signed.set(ascii(toHex(cms)), range.before + 1);
  return signed;
}

/** The signature of a PDF, and the digest of what it must be over. */
export type PdfSignature = { readonly cms: Uint8Array; readonly digest: Uint8Array };

/**
 * Reads the signature of a PDF that nobody has touched since: one, over all of the file, nothing appended.
 *
 * A changed file is refused here, before anything in it is unpacked or read. Whose signature it is, and whether it
 * holds, is still to be shown: by {@link verifyCms}.
 *
 * @throws {@link ReportError} `V_PDF_SIGNATURE`
 */
export async function readPdfSignature(pdf: Uint8Array): Promise<PdfSignature> {
  const range = findContents(pdf);
  const at = findOnce(pdf, BYTE_RANGE) + BYTE_RANGE.length - 1;
  const written = latin1(pdf.subarray(at, pdf.indexOf(0x5d, at) + 1));
  const expected = `[0 ${range.before} ${range.after} ${pdf.length - range.after}`;
  if (written !== `${expected.padEnd(written.length - 1)}]`) {
    throw new ReportError("V_PDF_SIGNATURE", "the signature does not cover the whole file");
  }
  const cms = readContents(pdf, range);
  const digest = await digestOf(pdf, range);
  if (findBytes(cms, digest, 0) < 0)
    throw new ReportError("V_PDF_SIGNATURE", "the PDF was changed after it was signed");
  return { cms, digest };
}

/** Offsets around the hexadecimal signature, its angle brackets included. */
function findContents(pdf: Uint8Array): SignedRange {
  const before = findOnce(pdf, CONTENTS) + CONTENTS.length - 1;
  const after = before + SIGNATURE_ROOM * 2 + 2;
  if (pdf[after - 1] !== 0x3e)
    throw new ReportError("V_PDF_SIGNATURE", "the PDF's signature has another length than ours");
  return { before, after };
}

function readContents(pdf: Uint8Array, { before, after }: SignedRange): Uint8Array {
  const padded = fromHex(pdf.subarray(before + 1, after - 1));
  const size = padded[1] === 0x82 ? 4 + (padded[2] ?? 0) * 256 + (padded[3] ?? 0) : 0;
  if (size === 0 || size > padded.length || padded.subarray(size).some((byte) => byte !== 0)) {
    throw new ReportError("V_PDF_SIGNATURE", "the PDF's signature is not one of ours");
  }
  return padded.subarray(0, size);
}

async function digestOf(pdf: Uint8Array, { before, after }: SignedRange): Promise<Uint8Array> {
  const covered = new Uint8Array(before + pdf.length - after);
  covered.set(pdf.subarray(0, before));
  covered.set(pdf.subarray(after), before);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", covered));
}

/** Where a text stands in a file that must hold it exactly once. */
function findOnce(pdf: Uint8Array, text: string): number {
  const at = findText(pdf, text, 0);
  if (at < 0 || findText(pdf, text, at + 1) >= 0) {
    throw new ReportError("V_PDF_SIGNATURE", "the PDF does not hold exactly one signature of ours");
  }
  return at;
}

/** Offset of an ASCII text at or after `from`, or -1. */
export function findText(bytes: Uint8Array, text: string, from: number): number {
  return findBytes(bytes, ascii(text), from);
}

/** Horspool's search: a byte that ends no match says how far to go on. Files are large, what is looked for is short. */
function findBytes(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  const last = wanted.length - 1;
  const steps = new Uint8Array(256).fill(wanted.length);
  for (let at = 0; at < last; at += 1) steps[wanted[at] ?? 0] = last - at;
  for (let at = from; at + last < bytes.length; at += steps[bytes[at + last] ?? 0] ?? 1) {
    let left = last;
    while (left >= 0 && bytes[at + left] === wanted[left]) left -= 1;
    if (left < 0) return at;
  }
  return -1;
}

/** Bytes of an ASCII text. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** Text of bytes, one character a byte. */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

const DIGITS = "0123456789abcdef";
const DIGIT_VALUES = Int8Array.from({ length: 256 }, (_, code) => DIGITS.indexOf(String.fromCharCode(code)));

function fromHex(text: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at += 1) {
    const [high = -1, low = -1] = [DIGIT_VALUES[text[2 * at] ?? 0], DIGIT_VALUES[text[2 * at + 1] ?? 0]];
    if (high < 0 || low < 0)
      throw new ReportError("V_PDF_SIGNATURE", "the PDF's signature is not lower-case hexadecimal");
    bytes[at] = high * 16 + low;
  }
  return bytes;
}

function toHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
