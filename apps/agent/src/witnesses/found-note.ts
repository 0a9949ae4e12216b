/** A signed head of this log that somebody showed. */
export interface FoundNote {
  readonly note: string;
  /** Who showed it. */
  readonly from: string;
  /**
   * `head`: the newest that they took. `refused`: one that they were shown and did not take, which may be of another history
   * and says nothing of how far this one goes.
   */
  readonly as: "head" | "refused";
}

const MOST_OTHERS = 16;

/** The notes in a gateway's `/v1/log/state`: its newest head, and what it refused. */
export function notesOf({
  checkpoint,
  others,
}: {
  readonly checkpoint?: unknown;
  readonly others?: unknown;
}): FoundNote[] {
  const from = "the control plane";
  const refused = Array.isArray(others) ? others.slice(0, MOST_OTHERS) : [];
  const isText = (note: unknown) => typeof note === "string";
  return [
    ...[checkpoint].filter(isText).map((note) => ({ note, from, as: "head" }) as const),
    ...refused.filter(isText).map((note) => ({ note, from, as: "refused" }) as const),
  ];
}
