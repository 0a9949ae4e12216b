import type { Tone } from "@holdfast/custody-report";

/** A4 in points, and the margins of every page. */
export const PAGE = { width: 595.28, height: 841.89, left: 48, right: 48, top: 46, bottom: 64 } as const;

/** Width between the margins. */
export const CONTENT_WIDTH = PAGE.width - PAGE.left - PAGE.right;

/** The product's light colours, which print. */
export const COLOUR = {
  ink: "#12201d",
  muted: "#5d6c68",
  faint: "#8a9793",
  line: "#dde4e1",
  accent: "#0a6b5d",
  good: "#0a7d5f",
  warning: "#a15c00",
  danger: "#b3261e",
} as const;

/** Colour of a tone; muted counts as secondary text. */
export const TONE_COLOUR: Record<Tone, string> = {
  plain: COLOUR.ink,
  good: COLOUR.good,
  warning: COLOUR.warning,
  danger: COLOUR.danger,
  muted: COLOUR.muted,
};

/** The four faces a report is set in, all embedded. */
export type Face = "regular" | "medium" | "semibold" | "mono";

/** One way of setting text. */
export type TextStyle = {
  readonly face: Face;
  readonly size: number;
  readonly colour: string;
  readonly leading: number;
  readonly tracking?: number;
};

/** Every text style of the report. */
export const STYLE = {
  brand: { face: "regular", size: 9.5, colour: COLOUR.muted, leading: 13 },
  headline: { face: "semibold", size: 21, colour: COLOUR.ink, leading: 27, tracking: -0.35 },
  summary: { face: "regular", size: 10.5, colour: COLOUR.muted, leading: 15 },
  heading: { face: "semibold", size: 9.5, colour: COLOUR.ink, leading: 13 },
  body: { face: "regular", size: 9.25, colour: COLOUR.muted, leading: 14 },
  cell: { face: "regular", size: 8.75, colour: COLOUR.ink, leading: 12.5 },
  cellMono: { face: "mono", size: 7.75, colour: COLOUR.ink, leading: 12.5 },
  columnTitle: { face: "regular", size: 8, colour: COLOUR.faint, leading: 12 },
  figure: { face: "medium", size: 8.25, colour: COLOUR.ink, leading: 12 },
  command: { face: "mono", size: 8.25, colour: COLOUR.ink, leading: 13 },
  proof: { face: "mono", size: 7.5, colour: COLOUR.muted, leading: 12 },
  small: { face: "regular", size: 8, colour: COLOUR.faint, leading: 12 },
} as const satisfies Record<string, TextStyle>;
