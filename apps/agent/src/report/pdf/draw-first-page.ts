import { type AttentionItem, HEADINGS, type ReportContent, type Share, shareWords } from "@holdfast/custody-report";
import { drawMark } from "./draw-mark.ts";
import { drawTable } from "./draw-table.ts";
import type { Setting, Sheet, Structure, StructureTag } from "./sheet.ts";
import { COLOUR, CONTENT_WIDTH, PAGE, STYLE, TONE_COLOUR } from "./style.ts";

const ASIDE_WIDTH = 134;
const MAIN = { x: PAGE.left, width: CONTENT_WIDTH - ASIDE_WIDTH - 28 } as const;
const ASIDE = { x: PAGE.left + MAIN.width + 28, width: ASIDE_WIDTH } as const;
const FOOT_HEIGHT = 134;

/** Draws page one: the sentence, what needs a person, the keys, and how to check all of it. */
export function drawFirstPage(sheet: Sheet, content: ReportContent): void {
  const section = sheet.open("Sect");
  drawHead(sheet, section, content);
  sheet.block(section, "H2", { text: content.headline, style: STYLE.headline, after: 7 });
  sheet.block(section, "P", { text: content.summary, style: STYLE.summary, after: 22 });
  const top = sheet.y;
  drawAttention(sheet, section, content.attention);
  drawTable(sheet, section, { table: content.keys, area: MAIN });
  sheet.y = top;
  drawAside(sheet, section, content);
  drawFoot(sheet, section, content);
}

function drawHead(sheet: Sheet, section: Structure, { title, scope }: ReportContent): void {
  drawMark(sheet, { x: PAGE.left, y: PAGE.top - 2, size: 15 });
  const half = CONTENT_WIDTH / 2;
  const style = STYLE.brand;
  sheet.text(section, "H1", { text: title, style, x: PAGE.left + 22, y: PAGE.top, width: half + 20 });
  const right = { x: PAGE.left + half + 42, y: PAGE.top, width: half - 42, align: "right" } as const;
  sheet.text(section, "P", { text: scope, style, ...right });
  sheet.y = PAGE.top + 42;
}

function drawAttention(sheet: Sheet, parent: Structure, items: readonly AttentionItem[]): void {
  drawDown(sheet, parent, { tag: "H2", text: HEADINGS.attention, style: STYLE.heading, area: MAIN, after: 5 });
  if (items.length === 0) {
    drawDown(sheet, parent, { tag: "P", text: HEADINGS.noAttention, style: STYLE.body, area: MAIN, after: 22 });
    return;
  }
  const list = sheet.open("L", parent);
  for (const [at, item] of items.entries()) {
    if (at > 0) sheet.hairline(MAIN.x, sheet.y, MAIN.width);
    drawAttentionItem(sheet, list, item);
  }
  sheet.y += 18;
}

function drawAttentionItem(sheet: Sheet, list: Structure, { mark, text, where, tone }: AttentionItem): void {
  const markWidth = 62;
  const whereWidth = 84;
  const body = sheet.open("LBody", sheet.open("LI", list));
  const y = sheet.y + 6;
  const markStyle = { ...STYLE.cellMono, colour: TONE_COLOUR[tone] };
  sheet.text(body, "P", { text: mark, style: markStyle, x: MAIN.x, y: y + 0.5, width: markWidth });
  const middle = { x: MAIN.x + markWidth, y, width: MAIN.width - markWidth - whereWidth - 12 };
  const height = sheet.text(body, "P", { text, style: STYLE.cell, ...middle });
  const right = { x: MAIN.x + MAIN.width - whereWidth, y, width: whereWidth, align: "right" } as const;
  const other = sheet.text(body, "P", { text: where, style: { ...STYLE.cell, colour: COLOUR.muted }, ...right });
  sheet.y += Math.max(height, other) + 12;
}

function drawAside(sheet: Sheet, parent: Structure, content: ReportContent): void {
  const section = sheet.open("Sect", parent);
  drawDown(sheet, section, { tag: "H2", text: HEADINGS.keysByState, style: STYLE.heading, area: ASIDE, after: 8 });
  drawBar(sheet, section, content.keysByState);
  for (const figure of content.figures) drawFigure(sheet, section, figure);
  sheet.y += 14;
  for (const { title, text } of content.notes) {
    drawDown(sheet, section, { tag: "H2", text: title, style: STYLE.heading, area: ASIDE, after: 3 });
    drawDown(sheet, section, { tag: "P", text, style: STYLE.body, area: ASIDE, after: 15 });
  }
}

function drawFigure(sheet: Sheet, section: Structure, { label, value }: ReportContent["figures"][number]): void {
  const { x, width } = ASIDE;
  const y = sheet.y;
  const valueWidth = sheet.measureWidth(value, STYLE.figure) + 2;
  const style = { ...STYLE.figure, face: "regular", colour: COLOUR.muted } as const;
  sheet.text(section, "P", { text: label, style, x, y, width: width - valueWidth });
  const right = { x: x + width - valueWidth, y, width: valueWidth, align: "right" } as const;
  sheet.text(section, "P", { text: value, style: STYLE.figure, ...right });
  sheet.y += STYLE.figure.leading + 4;
}

type Down = Pick<Setting, "text" | "style"> & {
  readonly tag: StructureTag;
  readonly area: { readonly x: number; readonly width: number };
  readonly after: number;
};

/** Sets a text in its column at the cursor and moves it on. */
function drawDown(sheet: Sheet, parent: Structure, { tag, area, after, ...setting }: Down): void {
  sheet.y += sheet.text(parent, tag, { ...setting, ...area, y: sheet.y }) + after;
}

function drawBar(sheet: Sheet, section: Structure, shares: readonly Share[]): void {
  const total = shares.reduce((sum, { count }) => sum + count, 0);
  const { pdf } = sheet;
  const y = sheet.y;
  sheet.artifact(() => {
    pdf.save().roundedRect(ASIDE.x, y, ASIDE.width, 8, 2).clip();
    pdf.rect(ASIDE.x, y, ASIDE.width, 8).fill(COLOUR.line);
    let x: number = ASIDE.x;
    for (const { count, tone } of shares) {
      const width = total === 0 ? 0 : (count / total) * ASIDE.width;
      pdf.rect(x, y, Math.max(0, width - 1), 8).fill(tone === "good" ? COLOUR.accent : TONE_COLOUR[tone]);
      x += width;
    }
    pdf.restore();
  });
  sheet.y += 13;
  const style = { ...STYLE.small, colour: COLOUR.muted };
  drawDown(sheet, section, { tag: "P", text: shareWords(shares), style, area: ASIDE, after: 10 });
}

function drawFoot(sheet: Sheet, parent: Structure, { check, proof, closing }: ReportContent): void {
  const top = PAGE.height - PAGE.bottom - FOOT_HEIGHT + 10;
  sheet.hairline(PAGE.left, top, CONTENT_WIDTH);
  const section = sheet.open("Sect", parent);
  const left = { x: PAGE.left, width: CONTENT_WIDTH * 0.4 };
  sheet.y = top + 14;
  drawDown(sheet, section, { tag: "H2", text: HEADINGS.check, style: STYLE.heading, area: left, after: 5 });
  for (const text of check) drawDown(sheet, section, { tag: "Code", text, style: STYLE.command, area: left, after: 0 });
  const x = PAGE.left + left.width + 16;
  const values = { x: x + 46, width: PAGE.left + CONTENT_WIDTH - x - 46 };
  const labelStyle = { ...STYLE.proof, colour: COLOUR.faint };
  sheet.y = top + 14.5;
  for (const { label, value } of proof) {
    sheet.text(section, "P", { text: label, style: labelStyle, x, y: sheet.y, width: 44 });
    drawDown(sheet, section, { tag: "P", text: value, style: STYLE.proof, area: values, after: 0 });
  }
  const last = { x: PAGE.left, y: PAGE.height - PAGE.bottom - 16, width: CONTENT_WIDTH };
  sheet.text(section, "P", { text: closing, style: STYLE.small, ...last });
}
