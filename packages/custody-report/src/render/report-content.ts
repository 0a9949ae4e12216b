/** How a fact reads at a glance; colour never alone carries it, every use has words beside it. */
export type Tone = "plain" | "good" | "warning" | "danger" | "muted";

/** One thing that needs a person: a short mark, what it is, and where or by when. */
export type AttentionItem = {
  readonly mark: string;
  readonly text: string;
  readonly where: string;
  readonly tone: Tone;
};

/** A share of a bar: how many, of what. */
export type Share = { readonly label: string; readonly count: number; readonly tone: Tone };

/** A heading with a paragraph. */
export type Note = { readonly title: string; readonly text: string };

/** One column of a table; `share` divides the width among the columns. */
export type Column = {
  readonly title: string;
  readonly share: number;
  readonly align?: "left" | "right";
  readonly mono?: boolean;
};

/** One cell: its text, and a tone where it stands out. */
export type Cell = { readonly text: string; readonly tone?: Tone };

/** A table of facts. `empty` is what stands in its place without rows. */
export type ReportTable = {
  readonly title: string;
  readonly intro?: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  readonly empty: string;
};

/**
 * All words and numbers of a report, in reading order and without any layout: what the PDF draws and a reader can
 * compare with what the verifier derives from the evidence.
 */
export type ReportContent = {
  readonly title: string;
  readonly scope: string;
  readonly headline: string;
  readonly summary: string;
  readonly attention: readonly AttentionItem[];
  readonly keysByState: readonly Share[];
  readonly figures: readonly { readonly label: string; readonly value: string }[];
  readonly notes: readonly Note[];
  /** The keys as page one shows them; the first of `tables` has them all. */
  readonly keys: ReportTable;
  readonly tables: readonly ReportTable[];
  readonly check: readonly string[];
  readonly proof: readonly { readonly label: string; readonly value: string }[];
  readonly closing: string;
};
