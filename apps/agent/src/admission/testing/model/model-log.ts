import { timeOf } from "./model-clock.ts";
import { type ModelState, tightens } from "./model-state.ts";

/** What a command may not do. */
export class ModelRefusal extends Error {
  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** Ids that follow from a command's hash. */
export interface Ids {
  readonly keys: readonly string[];
  readonly client: string;
  readonly schedule: string;
}

/** Appends an entry, as every change has one. Loosening ones are remembered by what they are about. */
export function append(state: ModelState, kind: string, subject: string): number {
  const ts = timeOf(state.clock);
  if (ts > state.clock.newest) state.clock.newest = ts;
  const loosens = /^(key|client|domain|crypto|import)[.]|^schedule[.]set$/.test(kind) && !tightens(kind);
  if (loosens) state.loosenedAt.set(subject, ts);
  return state.log.push(kind) - 1;
}
