import {
  BYTE_RANGE_PLACEHOLDER,
  EVIDENCE_FILE_NAME,
  EVIDENCE_MEDIA_TYPE,
  type ReportContent,
  runningFoot,
  SIGNATURE_ROOM,
} from "@holdfast/custody-report";
import { drawFirstPage } from "./draw-first-page.ts";
import { drawMark } from "./draw-mark.ts";
import { drawTable } from "./draw-table.ts";
import { type DocumentInfo, Sheet } from "./sheet.ts";
import { CONTENT_WIDTH, PAGE, STYLE } from "./style.ts";
import { Typefaces } from "./typefaces.ts";

/** What goes into the file besides the words: who signs, when, and the evidence to attach. */
export type ReportFile = { readonly signerName: string; readonly made: Date; readonly evidence: Uint8Array };

/**
 * Draws a report as a tagged PDF with its evidence attached and an empty place for the signature.
 *
 * Caller must: sign the result (`signPdf`); unsigned it is worth nothing.
 */
export async function drawReport(content: ReportContent, file: ReportFile): Promise<Uint8Array> {
  const info: DocumentInfo = {
    title: content.title,
    author: file.signerName,
    subject: content.headline,
    made: file.made,
  };
  const sheet = new Sheet(new Typefaces(), info);
  const bytes = collect(sheet.pdf);
  drawFirstPage(sheet, content);
  sheet.newPage();
  const area = { x: PAGE.left, width: CONTENT_WIDTH };
  for (const table of content.tables) drawTable(sheet, sheet.root, { table, area });
  drawRunningHeads(sheet, content);
  sheet.root.end();
  attachEvidence(sheet, file);
  reserveSignature(sheet, file);
  sheet.pdf.end();
  return bytes;
}

function collect(pdf: PDFKit.PDFDocument): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const parts: Uint8Array[] = [];
    pdf.on("data", (part: Uint8Array) => parts.push(part));
    pdf.on("end", () => resolve(new Uint8Array(Buffer.concat(parts))));
    pdf.on("error", reject);
  });
}

function drawRunningHeads(sheet: Sheet, content: ReportContent): void {
  const { title, scope } = content;
  const { start, count } = sheet.pdf.bufferedPageRange();
  const half = CONTENT_WIDTH / 2;
  for (let at = start; at < start + count; at++) {
    sheet.pdf.switchToPage(at);
    const y = PAGE.top - 1.5;
    if (at > start) {
      drawMark(sheet, { x: PAGE.left, y: PAGE.top - 2, size: 12 });
      sheet.artifactText({ text: title, style: STYLE.small, x: PAGE.left + 18, y, width: half + 20 });
      const right = { x: PAGE.left + half + 40, y, width: half - 40, align: "right" } as const;
      sheet.artifactText({ text: scope, style: STYLE.small, ...right });
    }
    drawFootLine(sheet, runningFoot(content), `${at - start + 1} / ${count}`);
  }
}

function drawFootLine(sheet: Sheet, log: string, page: string): void {
  const y = PAGE.height - 44;
  const wide = CONTENT_WIDTH * 0.8;
  sheet.artifactText({ text: log, style: { ...STYLE.proof, size: 7 }, x: PAGE.left, y, width: wide });
  const right = { x: PAGE.left + wide, y, width: CONTENT_WIDTH - wide, align: "right" } as const;
  sheet.artifactText({ text: page, style: { ...STYLE.small, size: 7.5 }, ...right });
}

function attachEvidence(sheet: Sheet, { evidence, made }: ReportFile): void {
  sheet.pdf.file(Buffer.from(evidence), {
    name: EVIDENCE_FILE_NAME,
    type: EVIDENCE_MEDIA_TYPE,
    description: "Everything this report is derived from: roster, log, receipts, approvals, states, attestation",
    relationship: "Source",
    creationDate: made,
    modifiedDate: made,
  } as PDFKit.Mixins.PDFAttachmentOptions);
}

/** The parts of pdfkit's document that it does not declare: the form, and a page's annotations. */
type Internals = {
  readonly _root: {
    readonly data: {
      readonly AcroForm: { readonly data: { Fields: unknown[]; SigFlags?: number; NeedAppearances?: boolean } };
    };
  };
  readonly page: { readonly annotations: unknown[]; readonly dictionary: unknown };
};

const SIGNATURES_EXIST = 1;
const APPEND_ONLY = 2;

/** Adds a signature field without appearance on page one, filled by `signPdf` afterwards. */
function reserveSignature(sheet: Sheet, { signerName, made }: ReportFile): void {
  sheet.pdf.switchToPage(0);
  const internals = sheet.pdf as unknown as Internals;
  const value = sheet.pdf.ref({
    Type: "Sig",
    Filter: "Adobe.PPKLite",
    SubFilter: "ETSI.CAdES.detached",
    ByteRange: [...BYTE_RANGE_PLACEHOLDER],
    Contents: Buffer.alloc(SIGNATURE_ROOM),
    M: made,
    Name: new String(signerName),
    Reason: new String("Evidence extract made and signed by the key server"),
  });
  const field = sheet.pdf.ref({
    Type: "Annot",
    Subtype: "Widget",
    FT: "Sig",
    T: new String("Signature"),
    TU: new String("Signature of the key server"),
    Rect: [0, 0, 0, 0],
    F: 134,
    V: value,
    P: internals.page.dictionary,
  });
  internals.page.annotations.push(field);
  sheet.pdf.font("regular").initForm();
  const form = internals._root.data.AcroForm.data;
  delete form.NeedAppearances;
  form.Fields.push(field);
  form.SigFlags = SIGNATURES_EXIST + APPEND_ONLY;
  value.end(null);
  field.end(null);
}
