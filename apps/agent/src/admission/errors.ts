import { type AdmissionErrorCode, type ErrorText, errorText, findErrorText, HoldfastError } from "@holdfast/protocol";

/** Why a command was not admitted. Part of the API: stable, documented in docs/spec/errors.md. */
export type { AdmissionErrorCode } from "@holdfast/protocol";

/** A refusal by admission or by an act. `detail` holds ids, sizes and expected and actual states. */
export class AdmissionError extends HoldfastError<AdmissionErrorCode> {
  readonly code: AdmissionErrorCode;
  override readonly detail: Readonly<Record<string, string | number>>;

  /** The next step where this refusal has one of its own; else {@link explainRefusal} has it. */
  readonly next: string | undefined;

  constructor(
    code: AdmissionErrorCode,
    message?: string,
    detail: Readonly<Record<string, string | number>> = {},
    next?: string,
  ) {
    super(message ?? errorText[code].what);
    this.name = "AdmissionError";
    this.code = code;
    this.detail = detail;
    this.next = next;
  }
}

/** Where the log does not hold, so that nothing is written: a restore is not what is to be accepted then. */
export function logProblem(problem: "E_LOG_CORRUPT" | "E_LOG_ROLLBACK"): AdmissionError {
  const what = `The agent's store does not match its signed log (${problem}); it changes nothing.`;
  return new AdmissionError("E_RECOVERING", what, {}, errorText[problem].next);
}

const UNKNOWN: ErrorText = { what: "It was refused.", next: "See the custody log." };

/** What happened and what to do next, in words, for any code of admission. */
export function explainRefusal(code: string): ErrorText {
  return findErrorText(code) ?? UNKNOWN;
}
