import type { Sheet } from "./sheet.ts";
import { COLOUR } from "./style.ts";

/** Draws the mark, a stem that branches into roots, in a square of `size` points. */
export function drawMark(sheet: Sheet, x: number, y: number, size: number): void {
  const { pdf } = sheet;
  sheet.artifact(() => {
    pdf.save().translate(x, y).scale(size / 24).lineWidth(2.3).lineCap("round").lineJoin("round").strokeColor(COLOUR.accent);
    pdf.path("M12 2.5V21.5M12 10.5C8.6 10.2 6.7 8 6.4 4.6M12 10.5C15.4 10.2 17.3 8 17.6 4.6M12 13.5C8.2 14.1 6 16.8 5.2 20.8M12 13.5C15.8 14.1 18 16.8 18.8 20.8").stroke();
    pdf.restore();
  });
}
