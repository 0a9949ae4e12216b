import { CryptoError } from "../errors.ts";
import { asymmetricAnswers } from "./known-answers/asymmetric.ts";
import { derivationAnswers } from "./known-answers/derivation.ts";
import type { KnownAnswer } from "./known-answers/known-answer.ts";
import { postQuantumAnswers } from "./known-answers/post-quantum.ts";
import { symmetricAnswers } from "./known-answers/symmetric.ts";

/** One known answer or more for every family of algorithms, by the primitives that every operation ends in. */
const KNOWN_ANSWERS: readonly KnownAnswer[] = [
  ...symmetricAnswers,
  ...derivationAnswers,
  ...asymmetricAnswers,
  ...postQuantumAnswers,
];

/**
 * Runs every known-answer test; the agent calls it before it opens a listener and again on request.
 *
 * @returns The names of the tests that ran, each with the standard its answer comes from.
 * @throws {@link CryptoError} `E_SELFTEST` naming the first test that failed; Caller must: stop
 */
export function runSelfTests(): readonly {
  readonly name: string;
  readonly source: string;
}[] {
  for (const { name, holds } of KNOWN_ANSWERS) {
    if (!held(holds)) throw new CryptoError("E_SELFTEST", undefined, { test: name });
  }
  return KNOWN_ANSWERS.map(({ name, source }) => ({ name, source }));
}

function held(test: () => boolean): boolean {
  try {
    return test();
  } catch {
    return false;
  }
}
