import { sha256 } from "@noble/hashes/sha2.js";
import { ReportError } from "../errors.ts";
import { type CmsCertificates, type ReportSigner, signCms, verifyCms } from "./cms.ts";

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
  const cms = await signCms(digestOf(signed, range), signer);
  if (cms.length > SIGNATURE_ROOM)
    throw new ReportError("V_PDF_SIGNATURE", "no room for the signature", { bytes: cms.length });
  signed.set(ascii(toHex(cms)), range.before + 1);
  return signed;
}

/**
 * Verifies that a PDF is exactly the file that the report key signed: one signature, over all of it, nothing appended.
 *
 * @throws {@link ReportError} `V_PDF_SIGNATURE`
 */
export async function verifyPdfSignature(pdf: Uint8Array, certificates: CmsCertificates): Promise<void> {
  const range = findContents(pdf);
  const at = findOnce(pdf, BYTE_RANGE) + BYTE_RANGE.length - 1;
  const written = latin1(pdf.subarray(at, pdf.indexOf(0x5d, at) + 1));
  const expected = `[0 ${range.before} ${range.after} ${pdf.length - range.after}`;
  if (written !== `${expected.padEnd(written.length - 1)}]`) {
    throw new ReportError("V_PDF_SIGNATURE", "the signature does not cover the whole file");
  }
  await verifyCms(readContents(pdf, range), digestOf(pdf, range), certificates);
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
  const hex = latin1(pdf.subarray(before + 1, after - 1));
  if (!/^([0-9a-f]{2})*$/.test(hex))
    throw new ReportError("V_PDF_SIGNATURE", "the PDF's signature is not lower-case hexadecimal");
  const padded = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const size = padded[1] === 0x82 ? 4 + (padded[2] ?? 0) * 256 + (padded[3] ?? 0) : 0;
  if (size === 0 || size > padded.length || padded.subarray(size).some((byte) => byte !== 0)) {
    throw new ReportError("V_PDF_SIGNATURE", "the PDF's signature is not one of ours");
  }
  return padded.subarray(0, size);
}

function digestOf(pdf: Uint8Array, { before, after }: SignedRange): Uint8Array {
  return sha256.create().update(pdf.subarray(0, before)).update(pdf.subarray(after)).digest();
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
  const wanted = ascii(text);
  const [first = 0] = wanted;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (wanted.every((byte, offset) => bytes[at + offset] === byte)) return at;
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

function toHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
