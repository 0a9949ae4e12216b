import { drawQuestion, type WordQuestion } from "./compare-words.ts";

const KEY = "holdfast.question.";

/**
 * The question about these bytes: drawn once, and the same again after a reload or a miss.
 *
 * Other places are drawn for other bytes only, so that nobody gets a second draw for bytes that failed the first.
 */
export function keepQuestion(environmentId: string, tid: string, storage: Storage = localStorage): WordQuestion {
  const kept = readQuestion(storage.getItem(KEY + environmentId));
  if (kept?.tid === tid) return kept;
  const drawn = drawQuestion(tid);
  storage.setItem(KEY + environmentId, JSON.stringify(drawn));
  return drawn;
}

function readQuestion(text: string | null): WordQuestion | null {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || !("tid" in value) || !("positions" in value)) return null;
    const { tid, positions } = value;
    if (typeof tid !== "string" || !Array.isArray(positions) || positions.length !== 3) return null;
    const places = positions.filter((place): place is number => Number.isInteger(place) && place >= 0 && place < 8);
    return new Set(places).size === 3 ? { tid, positions: places } : null;
  } catch {
    return null;
  }
}
