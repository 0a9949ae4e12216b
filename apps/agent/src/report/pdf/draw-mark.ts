import type { Sheet } from "./sheet.ts";
import { COLOUR } from "./style.ts";

/** Draws the mark, a stem that branches into roots, in a square of `size` points. */
export function drawMark(
  sheet: Sheet,
  { x, y, size }: { readonly x: number; readonly y: number; readonly size: number },
): void {
  const { pdf } = sheet;
  sheet.artifact(() => {
    pdf
      .save()
      .translate(x, y)
      .scale(size / 24)
      .lineWidth(2.1)
      .lineCap("round")
      .lineJoin("round")
      .strokeColor(COLOUR.accent);
    pdf
      .path(
        "M12 3V21.5M12 11C9 10.6 6.6 9 6.2 4.4M12 11C15 10.6 17.4 9 17.8 4.4M12 13.6C11.6 17 9.2 19.6 5.6 21M12 13.6C12.4 17 14.8 19.6 18.4 21",
      )
      .stroke();
    pdf.restore();
  });
}
