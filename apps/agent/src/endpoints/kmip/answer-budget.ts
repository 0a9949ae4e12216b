import type { ServedDomain } from "../served-agent.ts";

/** Most bytes that the answer to one message may hold: what does not fit is refused before it is carried out. */
export const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
/** Most bytes that the answers which are being made may hold together. */
export const MAX_ANSWERS_BYTES = 256 * 1024 * 1024;
/** What an answer costs beside its bytes and words. */
const OVERHEAD = 32;

/** What the answers to batches hold while they are made: a short request must not bring about endless answers. */
export class AnswerBudget {
  #bytes = 0;

  /** Takes bytes for an answer that holds some already. @returns false, taking nothing, where they are too many */
  take(bytes: number, held: number): boolean {
    if (held + bytes > MAX_ANSWER_BYTES || this.#bytes + bytes > MAX_ANSWERS_BYTES) return false;
    this.#bytes += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#bytes -= bytes;
  }
}

/** About how many bytes a payload will have. */
export function payloadBytes(value: unknown): number {
  if (value instanceof Uint8Array) return value.byteLength + OVERHEAD;
  if (typeof value === "string") return value.length + OVERHEAD;
  if (typeof value !== "object" || value === null) return OVERHEAD;
  let bytes = OVERHEAD;
  for (const each of Object.values(value)) bytes += payloadBytes(each);
  return bytes;
}

const byDomain = new WeakMap<object, AnswerBudget>();

/** The budget of a domain's answers. */
export function answerBudgetOf({ operations }: Pick<ServedDomain, "operations">): AnswerBudget {
  const known = byDomain.get(operations) ?? new AnswerBudget();
  byDomain.set(operations, known);
  return known;
}
