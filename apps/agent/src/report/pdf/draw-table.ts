import type { Cell, Column, ReportTable } from "@holdfast/custody-report";
import type { Sheet, Structure } from "./sheet.ts";
import { STYLE, type TextStyle, TONE_COLOUR } from "./style.ts";

const GUTTER = 12;
const ROW_PADDING = 5.5;
/** A table begins on a new page rather than with less room than its title and a few rows take. */
const SMALLEST_START = 150;

type Area = { readonly x: number; readonly width: number };
type Track = Area & { readonly column: Column };

/**
 * Draws a table at the cursor, going on over as many pages as it needs with its column titles repeated.
 *
 * Rows are never broken; a table without rows says so in words.
 */
export function drawTable(sheet: Sheet, parent: Structure, table: ReportTable, area: Area): void {
  if (sheet.left < SMALLEST_START) sheet.newPage();
  const section = sheet.open("Sect", parent);
  sheet.y += sheet.text(section, "H2", table.title, STYLE.heading, { ...area, y: sheet.y }) + 4;
  if (table.intro) sheet.y += sheet.text(section, "P", table.intro, STYLE.body, { ...area, y: sheet.y }) + 6;
  if (table.rows.length === 0) {
    sheet.y += sheet.text(section, "P", table.empty, STYLE.body, { ...area, y: sheet.y }) + 22;
    return;
  }
  const tracks = layTracks(table.columns, area);
  const element = sheet.open("Table", section);
  drawColumnTitles(sheet, element, tracks, area);
  for (const row of table.rows) drawRow(sheet, element, row, tracks, area);
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
function drawColumnTitles(sheet: Sheet, table: Structure | null, tracks: readonly Track[], area: Area): void {
  const row = table && sheet.open("TR", table);
  for (const { column, x, width } of tracks) {
    const place = { x, y: sheet.y + 3, width, align: column.align ?? "left" };
    if (row) sheet.text(row, "TH", column.title, STYLE.columnTitle, place, "Column");
    else sheet.artifactText(column.title, STYLE.columnTitle, place);
  }
  sheet.y += STYLE.columnTitle.leading + 6;
  sheet.hairline(area.x, sheet.y, area.width);
}

function drawRow(sheet: Sheet, table: Structure, cells: readonly Cell[], tracks: readonly Track[], area: Area): void {
  const measured = tracks.map(({ column, width }, at) =>
    sheet.measure(cells[at]?.text ?? "", cellStyle(column, cells[at]), width),
  );
  const height = Math.max(...measured) + ROW_PADDING * 2;
  if (height > sheet.left) {
    sheet.newPage();
    drawColumnTitles(sheet, null, tracks, area);
  }
  const row = sheet.open("TR", table);
  for (const [at, { column, x, width }] of tracks.entries()) {
    const place = { x, y: sheet.y + ROW_PADDING, width, align: column.align ?? "left" };
    sheet.text(
      row,
      at === 0 ? "TH" : "TD",
      cells[at]?.text ?? "",
      cellStyle(column, cells[at]),
      place,
      at === 0 ? "Row" : undefined,
    );
  }
  sheet.y += height;
  sheet.hairline(area.x, sheet.y, area.width);
}

function cellStyle(column: Column, cell: Cell | undefined): TextStyle {
  const style = column.mono ? STYLE.cellMono : STYLE.cell;
  return cell?.tone ? { ...style, colour: TONE_COLOUR[cell.tone] } : style;
}
