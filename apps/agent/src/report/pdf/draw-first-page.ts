import { type AttentionItem, HEADINGS, type ReportContent, type Share, shareWords } from "@holdfast/custody-report";
import { drawMark } from "./draw-mark.ts";
import { drawTable } from "./draw-table.ts";
import type { Sheet, Structure } from "./sheet.ts";
import { COLOUR, CONTENT_WIDTH, PAGE, STYLE, TONE_COLOUR } from "./style.ts";

const ASIDE_WIDTH = 134;
const MAIN = { x: PAGE.left, width: CONTENT_WIDTH - ASIDE_WIDTH - 28 } as const;
const ASIDE = { x: PAGE.left + MAIN.width + 28, width: ASIDE_WIDTH } as const;
const FOOT_HEIGHT = 134;

/** Draws page one: the sentence, what needs a person, the keys, and how to check all of it. */
export function drawFirstPage(sheet: Sheet, content: ReportContent): void {
  const section = sheet.open("Sect");
  drawHead(sheet, section, content);
  sheet.block(section, "H2", content.headline, STYLE.headline, 7);
  sheet.block(section, "P", content.summary, STYLE.summary, 22);
  const top = sheet.y;
  drawAttention(sheet, section, content.attention);
  drawTable(sheet, section, content.keys, MAIN);
  sheet.y = top;
  drawAside(sheet, section, content);
  drawFoot(sheet, section, content);
}

function drawHead(sheet: Sheet, section: Structure, { title, scope }: ReportContent): void {
  drawMark(sheet, PAGE.left, PAGE.top - 2, 15);
  const half = CONTENT_WIDTH / 2;
  sheet.text(section, "H1", title, STYLE.brand, { x: PAGE.left + 22, y: PAGE.top, width: half + 20 });
  sheet.text(section, "P", scope, STYLE.brand, {
    x: PAGE.left + half + 42,
    y: PAGE.top,
    width: half - 42,
    align: "right",
  });
  sheet.y = PAGE.top + 42;
}

function drawAttention(sheet: Sheet, parent: Structure, items: readonly AttentionItem[]): void {
  sheet.y += sheet.text(parent, "H2", HEADINGS.attention, STYLE.heading, { ...MAIN, y: sheet.y }) + 5;
  if (items.length === 0) {
    sheet.y += sheet.text(parent, "P", HEADINGS.noAttention, STYLE.body, { ...MAIN, y: sheet.y }) + 22;
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
  const textWidth = MAIN.width - markWidth - whereWidth - 12;
  const entry = sheet.open("LI", list);
  const body = sheet.open("LBody", entry);
  const y = sheet.y + 6;
  sheet.text(
    body,
    "P",
    mark,
    { ...STYLE.cellMono, colour: TONE_COLOUR[tone] },
    { x: MAIN.x, y: y + 0.5, width: markWidth },
  );
  const height = sheet.text(body, "P", text, STYLE.cell, { x: MAIN.x + markWidth, y, width: textWidth });
  const place = { x: MAIN.x + MAIN.width - whereWidth, y, width: whereWidth, align: "right" } as const;
  const other = sheet.text(body, "P", where, { ...STYLE.cell, colour: COLOUR.muted }, place);
  sheet.y += Math.max(height, other) + 12;
}

function drawAside(sheet: Sheet, parent: Structure, content: ReportContent): void {
  const section = sheet.open("Sect", parent);
  sheet.y += sheet.text(section, "H2", HEADINGS.keysByState, STYLE.heading, { ...ASIDE, y: sheet.y }) + 8;
  drawBar(sheet, section, content.keysByState);
  for (const { label, value } of content.figures) {
    const y = sheet.y;
    const valueWidth = sheet.measureWidth(value, STYLE.figure) + 2;
    sheet.text(
      section,
      "P",
      label,
      { ...STYLE.figure, face: "regular", colour: COLOUR.muted },
      { x: ASIDE.x, y, width: ASIDE.width - valueWidth },
    );
    sheet.text(section, "P", value, STYLE.figure, {
      x: ASIDE.x + ASIDE.width - valueWidth,
      y,
      width: valueWidth,
      align: "right",
    });
    sheet.y += STYLE.figure.leading + 4;
  }
  sheet.y += 14;
  for (const { title, text } of content.notes) {
    sheet.y += sheet.text(section, "H2", title, STYLE.heading, { ...ASIDE, y: sheet.y }) + 3;
    sheet.y += sheet.text(section, "P", text, STYLE.body, { ...ASIDE, y: sheet.y }) + 15;
  }
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
  sheet.y +=
    sheet.text(section, "P", shareWords(shares), { ...STYLE.small, colour: COLOUR.muted }, { ...ASIDE, y: sheet.y }) +
    10;
}

function drawFoot(sheet: Sheet, parent: Structure, { check, proof, closing }: ReportContent): void {
  const top = PAGE.height - PAGE.bottom - FOOT_HEIGHT + 10;
  sheet.hairline(PAGE.left, top, CONTENT_WIDTH);
  const section = sheet.open("Sect", parent);
  const checkWidth = CONTENT_WIDTH * 0.4;
  let y = top + 14;
  y += sheet.text(section, "H2", HEADINGS.check, STYLE.heading, { x: PAGE.left, y, width: checkWidth }) + 5;
  for (const command of check)
    y += sheet.text(section, "Code", command, STYLE.command, { x: PAGE.left, y, width: checkWidth });
  const x = PAGE.left + checkWidth + 16;
  let right = top + 14.5;
  for (const { label, value } of proof) {
    sheet.text(section, "P", label, { ...STYLE.proof, colour: COLOUR.faint }, { x, y: right, width: 44 });
    right += sheet.text(section, "P", value, STYLE.proof, {
      x: x + 46,
      y: right,
      width: PAGE.left + CONTENT_WIDTH - x - 46,
    });
  }
  sheet.text(section, "P", closing, STYLE.small, {
    x: PAGE.left,
    y: PAGE.height - PAGE.bottom - 16,
    width: CONTENT_WIDTH,
  });
}
