import { ReportError } from "../errors.ts";
import { readPdfText } from "../pdf/pdf-text.ts";
import { besideTexts, contentTexts } from "../render/content-texts.ts";
import type { ReportContent } from "../render/report-content.ts";

/**
 * Verifies that the pages of a report say exactly what its evidence says, nothing more and nothing less.
 *
 * Spaces are left aside: lines break where they break.
 *
 * @throws {@link ReportError} `V_PDF_TEXT`
 */
export async function verifyPdfText(pdf: Uint8Array, content: ReportContent): Promise<void> {
  const { text, besides, pages } = await readPdfText(pdf);
  const said = squeeze(text);
  const expected = squeeze(contentTexts(content).join(""));
  if (said !== expected) {
    const at = [...expected].findIndex((letter, index) => said[index] !== letter);
    const from = Math.max(0, (at < 0 ? expected.length : at) - 20);
    throw new ReportError("V_PDF_TEXT", "The pages do not say what the evidence says.", {
      page: said.slice(from, from + 40),
      evidence: expected.slice(from, from + 40),
    });
  }
  const allowed = new Set([...besideTexts(content, pages)].map(squeeze));
  const stranger = besides.find((beside) => !allowed.has(squeeze(beside)));
  if (stranger !== undefined) throw new ReportError("V_PDF_TEXT", "A page says something beside its text.", {});
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, "");
}
