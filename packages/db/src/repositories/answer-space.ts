/** Most characters of documents in one answer: key servers take none over 1 MiB, and the rest of it needs some. */
const MOST_CHARACTERS = 900_000;

/** What of one answer of the mailbox is left. What does not fit comes with the next. */
export class AnswerSpace {
  #left = MOST_CHARACTERS;

  /** The first rows that fit, in their order; whatever comes first in an answer fits. */
  take<Row>(rows: readonly Row[], charactersOf: (row: Row) => number): Row[] {
    const taken: Row[] = [];
    for (const row of rows) {
      const characters = charactersOf(row);
      if (characters > this.#left && this.#left < MOST_CHARACTERS) break;
      this.#left -= characters;
      taken.push(row);
    }
    return taken;
  }
}

/** Characters of an envelope that holds these texts: they are encoded once more. */
export function envelopeCharacters(...texts: readonly string[]): number {
  return Math.ceil((texts.reduce((sum, { length }) => sum + length, 0) * 4) / 3);
}
