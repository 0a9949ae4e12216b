import { PdfFile, reference, unreadable } from "./pdf-file.ts";

/** What a PDF's pages say: the text in reading order, and what stands beside it on each page (running heads and feet). */
export type PdfText = { readonly text: string; readonly besides: readonly string[]; readonly pages: number };

/** Codes of a font and the letters they stand for. */
type Letters = readonly string[];

/** Operators that only draw lines and shapes, set colours and save states: they write nothing. */
const SILENT =
  /^(?:(?:-?[\d.]+(?:e-\d+)? )*(?:cm|w|J|j|M|m|l|c|re|h|S|f|Q|q|BT|ET|Tm|Tc)|W n|\/DeviceRGB (?:CS|cs)|(?:[\d.e-]+ ){3}(?:SCN|scn))?$/;
const MARK = /^\/([A-Za-z0-9]{1,12}) <<$/;

/**
 * Reads back what a report's pages say, letter by letter, from the instructions that draw them.
 *
 * The letters are those that a screen reader speaks and a copy gives. What shapes an embedded font draws for them is not
 * judged.
 *
 * @throws {@link ReportError} `V_PDF_TEXT` for pages that hold anything but texts, lines and shapes in our form
 */
export async function readPdfText(bytes: Uint8Array): Promise<PdfText> {
  const file = new PdfFile(bytes);
  const tree = file.dictionary(reference(file.catalog, "Pages"));
  const kids = /\n\/Kids \[((?:\d{1,8} 0 R ?)+)\]\n/.exec(tree)?.[1] ?? "";
  const pages = [...kids.matchAll(/(\d+) 0 R/g)].map(([, id]) => Number(id));
  if (pages.length === 0) throw unreadable("it has no pages");
  const fonts = new Map<number, Letters>();
  const said = { text: [] as string[], besides: [] as string[] };
  for (const id of pages) await readPage(file, file.dictionary(id), { fonts, said });
  return { text: said.text.join(""), besides: said.besides, pages: pages.length };
}

type Reading = {
  readonly fonts: Map<number, Letters>;
  readonly said: { readonly text: string[]; readonly besides: string[] };
};

async function readPage(file: PdfFile, page: string, { fonts, said }: Reading): Promise<void> {
  const resources = file.dictionary(reference(page, "Resources"));
  if (/\/(?:XObject|Pattern|Shading|ExtGState)\b/.test(resources))
    throw unreadable("a page holds more than text and lines");
  const names = new Map<string, Letters>();
  for (const [, name = "", id] of resources.matchAll(/\n\/(F\d{1,4}) (\d{1,8}) 0 R(?=\n)/g)) {
    names.set(name, await lettersOf(file, Number(id), fonts));
  }
  const drawing = await file.stream(reference(page, "Contents"));
  readDrawing(drawing.split("\n"), names, said);
}

function readDrawing(lines: readonly string[], fonts: ReadonlyMap<string, Letters>, said: Reading["said"]): void {
  let letters: Letters | undefined;
  let mark: string | null = null;
  let beside = "";
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const opened = MARK.exec(line)?.[1];
    if (opened !== undefined) {
      if (mark !== null || lines[at + 2] !== ">> BDC") throw unreadable("a page's marks are not in our form");
      mark = opened;
      beside = "";
      at += 2;
    } else if (line === "EMC") {
      if (mark === "Artifact" && beside !== "") said.besides.push(beside);
      mark = null;
    } else if (/^\/F\d{1,4} [\d.]+ Tf$/.test(line)) {
      letters = fonts.get(line.slice(1, line.indexOf(" ")));
    } else if (line.endsWith(" TJ")) {
      const text = spell(line, letters);
      if (mark === "Artifact") beside += text;
      else if (mark !== null) said.text.push(text);
      else throw unreadable("a page holds text without a mark");
    } else if (!SILENT.test(line)) throw unreadable("a page holds an instruction that reports do not use");
  }
}

function spell(line: string, letters: Letters | undefined): string {
  if (!letters || !/^\[(?:<(?:[0-9a-f]{4})*>|-?[\d.]+| )*\] TJ$/.test(line))
    throw unreadable("a text is not in our form");
  let text = "";
  for (const [, codes = ""] of line.matchAll(/<([0-9a-f]*)>/g)) {
    for (const code of codes.match(/.{4}/g) ?? []) {
      const letter = letters[Number.parseInt(code, 16)];
      if (letter === undefined || letter === "\0") throw unreadable("a letter has no meaning");
      text += letter;
    }
  }
  return text;
}

async function lettersOf(file: PdfFile, font: number, known: Map<number, Letters>): Promise<Letters> {
  const before = known.get(font);
  if (before) return before;
  const map = await file.stream(reference(file.dictionary(font), "ToUnicode"));
  const letters: string[] = [];
  for (const [, start = "", , list = ""] of map.matchAll(/\n<([0-9a-f]+)> <([0-9a-f]+)> \[([^\]]*)\](?=\n)/g)) {
    if (Number.parseInt(start, 16) !== letters.length) throw unreadable("a font's letters are not in order");
    for (const [, units = ""] of list.matchAll(/<([0-9a-f ]*)>/g)) letters.push(decodeUnits(units));
  }
  known.set(font, letters);
  return letters;
}

function decodeUnits(units: string): string {
  return String.fromCharCode(...(units.match(/[0-9a-f]{4}/g) ?? []).map((unit) => Number.parseInt(unit, 16)));
}
