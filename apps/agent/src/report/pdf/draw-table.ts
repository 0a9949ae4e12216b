import type { Cell, Column, ReportTable } from "@holdfast/custody-report";
import type { Sheet, Structure } from "./sheet.ts";
import { STYLE, type TextStyle, TONE_COLOUR } from "./style.ts";

const GUTTER = 12;
const ROW_PADDING = 5.5;
/** A table begins on a new page rather than with less room than its title and a few rows take. */
const SMALLEST_START = 150;

type Area = { readonly x: number; readonly width: number };
type Track = Area & { readonly column: Column };
type Grid = { readonly tracks: readonly Track[]; readonly area: Area };

/** What is drawn, and in which column of the page. */
export type PlacedTable = { readonly table: ReportTable; readonly area: Area };

/**
 * Draws a table at the cursor, going on over as many pages as it needs with its column titles repeated.
 *
 * Rows are never broken; a table without rows says so in words.
 */
export function drawTable(sheet: Sheet, parent: Structure, { table, area }: PlacedTable): void {
  if (sheet.left < SMALLEST_START) sheet.newPage();
  const section = sheet.open("Sect", parent);
  sheet.y += sheet.text(section, "H2", { text: table.title, style: STYLE.heading, ...area, y: sheet.y }) + 4;
  if (table.intro)
    sheet.y += sheet.text(section, "P", { text: table.intro, style: STYLE.body, ...area, y: sheet.y }) + 6;
  if (table.rows.length === 0) {
    sheet.y += sheet.text(section, "P", { text: table.empty, style: STYLE.body, ...area, y: sheet.y }) + 22;
    return;
  }
  const grid: Grid = { tracks: layTracks(table.columns, area), area };
  const element = sheet.open("Table", section);
  drawColumnTitles(sheet, element, grid);
  for (const row of table.rows) drawRow(sheet, element, { cells: row, grid });
  sheet.y += 22;
}

function layTracks(columns: readonly Column[], { x, width }: Area): Track[] {
  const shares = columns.reduce((sum, column) => sum + column.share, 0);
  const unit = (width - GUTTER * (columns.length - 1)) / shares;
  let at = x;
  return columns.map((column) => {
    const track = { column, x: at, width: column.share * unit };
    at += track.width + GUTTER;
    return track;
  });
}

/** Column titles; `table` is null where they are repeated on a later page and must not be read out again. */
function drawColumnTitles(sheet: Sheet, table: Structure | null, { tracks, area }: Grid): void {
  const row = table && sheet.open("TR", table);
  for (const { column, x, width } of tracks) {
    const place = { x, y: sheet.y + 3, width, align: column.align ?? "left" };
    const title = { text: column.title, style: STYLE.columnTitle, ...place };
    if (row) sheet.text(row, "TH", { ...title, scope: "Column" });
    else sheet.artifactText(title);
  }
  sheet.y += STYLE.columnTitle.leading + 6;
  sheet.hairline(area.x, sheet.y, area.width);
}

type Row = { readonly cells: readonly Cell[]; readonly grid: Grid };

function drawRow(sheet: Sheet, table: Structure, { cells, grid }: Row): void {
  const { tracks, area } = grid;
  const measured = tracks.map(({ column, width }, at) =>
    sheet.measure(cells[at]?.text ?? "", cellStyle(column, cells[at]), width),
  );
  const height = Math.max(...measured) + ROW_PADDING * 2;
  if (height > sheet.left) {
    sheet.newPage();
    drawColumnTitles(sheet, null, grid);
  }
  const row = sheet.open("TR", table);
  for (const [at, { column, x, width }] of tracks.entries()) {
    const place = { x, y: sheet.y + ROW_PADDING, width, align: column.align ?? "left" };
    const text = { text: cells[at]?.text ?? "", style: cellStyle(column, cells[at]), ...place };
    if (at === 0) sheet.text(row, "TH", { ...text, scope: "Row" });
    else sheet.text(row, "TD", text);
  }
  sheet.y += height;
  sheet.hairline(area.x, sheet.y, area.width);
}

function cellStyle(column: Column, cell: Cell | undefined): TextStyle {
  const style = column.mono ? STYLE.cellMono : STYLE.cell;
  return cell?.tone ? { ...style, colour: TONE_COLOUR[cell.tone] } : style;
}
