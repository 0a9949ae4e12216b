const SVG = "http://www.w3.org/2000/svg";

/** Drawn with strokes on a field of 24 by 24. */
const ICONS = {
  /** The mark: a stem that branches into roots. */
  mark: [
    "M12 2.5v17",
    "M6.5 4.5c.6 3.6 2.6 5.4 5.5 6",
    "M17.5 4.5c-.6 3.6-2.6 5.4-5.5 6",
    "M12 12.5c-.4 3.6-2.6 6.6-6.5 8.5",
    "M12 12.5c.4 3.6 2.6 6.6 6.5 8.5",
  ],
  shield: ["M12 3l7 2.6v5.6c0 4.4-2.9 7.9-7 9.8-4.1-1.9-7-5.4-7-9.8V5.6z"],
  fingerprint: [
    "M5.2 15.5c.5-1.2.7-2.3.7-3.6a6.1 6.1 0 0 1 9.6-5",
    "M17.3 8.8c.6 1 .8 2 .8 3.2 0 2-.2 3.8-.7 5.5",
    "M8.6 18.4c.9-2 1.3-4 1.3-6.3a2.1 2.1 0 0 1 4.2 0c0 2.9-.5 5.6-1.6 8.1",
    "M12 12.1c0 2.5-.5 4.9-1.5 7.2",
    "M3.6 8.6A9.4 9.4 0 0 1 19 5.7",
    "M21 9.6c.2.8.3 1.6.3 2.4 0 1.3-.1 2.5-.3 3.6",
  ],
  check: ["M5 12.5l4.5 4.5L19 7.5"],
  download: ["M12 4v11", "M7.5 11l4.5 4.5 4.5-4.5", "M5 20h14"],
} as const;

/** A drawing beside words that say the same; readers of the screen hear the words only. */
export function icon(name: keyof typeof ICONS): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon ${name}`);
  svg.setAttribute("aria-hidden", "true");
  for (const line of ICONS[name]) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", line);
    svg.append(path);
  }
  return svg;
}
