/** How many of the eight words a person types. */
export const ASKED = 3;

/** A question about words whose bytes were fixed before the positions were drawn. */
export interface WordQuestion {
  /** Places 0–7, ascending. */
  readonly positions: readonly number[];
  /** The bytes the words were made of; an answer to other bytes is worth nothing. */
  readonly tid: string;
}

/**
 * Draws which three of the eight words to ask for.
 *
 * The positions come after the bytes: a server that knew them first could search for an environment that agrees in
 * just these three places.
 */
export function drawQuestion(tid: string, random: (bytes: Uint8Array<ArrayBuffer>) => void = fillRandom): WordQuestion {
  const places = [0, 1, 2, 3, 4, 5, 6, 7];
  const drawn: number[] = [];
  while (drawn.length < ASKED) drawn.push(...places.splice(drawBelow(places.length, random), 1));
  return { tid, positions: drawn.sort((a, b) => a - b) };
}

/** Whether the typed words are the ones at the drawn places; case and surrounding spaces do not count. */
export function isAnswer(question: WordQuestion, words: readonly string[], typed: readonly string[]): boolean {
  return (
    typed.length === ASKED &&
    question.positions.every(
      (position, index) => words[position] !== undefined && typed[index]?.trim().toLowerCase() === words[position],
    )
  );
}

function drawBelow(limit: number, random: (bytes: Uint8Array<ArrayBuffer>) => void): number {
  const byte = new Uint8Array(1);
  const fair = 256 - (256 % limit);
  do random(byte);
  while ((byte[0] ?? 0) >= fair);
  return (byte[0] ?? 0) % limit;
}

function fillRandom(bytes: Uint8Array<ArrayBuffer>): void {
  crypto.getRandomValues(bytes);
}
