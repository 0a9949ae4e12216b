import { CryptoError } from "../errors.ts";
import { stopServing } from "../provider/crypto.ts";
import { randomBytes } from "../random/random-bytes.ts";
import { asymmetricAnswers } from "./known-answers/asymmetric.ts";
import { derivationAnswers } from "./known-answers/derivation.ts";
import type { KnownAnswer } from "./known-answers/known-answer.ts";
import { postQuantumAnswers } from "./known-answers/post-quantum.ts";
import { symmetricAnswers } from "./known-answers/symmetric.ts";

/** Two outputs that are the same are not random. */
const randomAnswers: readonly KnownAnswer[] = [
  {
    name: "random bytes differ",
    source: "duplicate-output guard, not a test of entropy",
    holds: () => !randomBytes(32).equals(randomBytes(32)),
  },
];

/** One known answer or more for every family of algorithms, by the primitives that every operation ends in. */
const KNOWN_ANSWERS: readonly KnownAnswer[] = [
  ...randomAnswers,
  ...symmetricAnswers,
  ...derivationAnswers,
  ...asymmetricAnswers,
  ...postQuantumAnswers,
];

/** What a run of the self-tests found. */
export interface SelfTests {
  /** The tests that ran, each with the standard its answer comes from. */
  readonly ran: readonly { readonly name: string; readonly source: string }[];
  /** Names of those that failed; their algorithms are served no more. */
  readonly failed: readonly string[];
  readonly milliseconds: number;
}

/** Where random bytes come from, as far as this process can know. */
export const ENTROPY_SOURCE = "operating system, by the runtime's generator (OpenSSL DRBG); not tested by the agent";

/**
 * Runs every known-answer test; the agent calls it before it opens anything and again on request.
 *
 * A family of algorithms whose answer is wrong is served no more by this process: its keys are neither made, nor taken in,
 * nor used. The agent itself stands on the others, and without them nothing starts.
 *
 * @throws {@link CryptoError} `E_SELFTEST` naming the first test that failed of those that everything stands on; Caller
 * must: stop
 */
export function runSelfTests(answers: readonly KnownAnswer[] = KNOWN_ANSWERS): SelfTests {
  const begun = performance.now();
  const failed = answers.filter(({ holds }) => !held(holds));
  for (const { name, only } of failed) {
    if (only === undefined) throw new CryptoError("E_SELFTEST", undefined, { test: name });
    stopServing(only);
  }
  return {
    ran: answers.map(({ name, source }) => ({ name, source })),
    failed: failed.map(({ name }) => name),
    milliseconds: Math.round(performance.now() - begun),
  };
}

function held(test: () => boolean): boolean {
  try {
    return test();
  } catch {
    return false;
  }
}
