/** A command in plain words: what a person reads before deciding. Text only. */
export interface CommandDescription {
  /** What it does, in a few words. */
  readonly title: string;
  /** Its kind, for a badge: "destroys a key". */
  readonly tag: string;
  /** Whether it takes something away that people may miss. */
  readonly danger: boolean;
  /** What follows from it, one sentence or two each. */
  readonly lines: readonly string[];
}
