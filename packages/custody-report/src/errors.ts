import { HoldfastError } from "@holdfast/protocol";

/**
 * What is wrong with a report, by name. Stable: scripts match on it, docs/spec/errors.md explains it.
 *
 * Every code names one kind of fact, so that a reader learns which part of the evidence does not hold.
 */
export type ReportErrorCode =
  | "V_MALFORMED"
  | "V_ROSTER"
  | "V_WORDS"
  | "V_INCLUSION"
  | "V_ROOT"
  | "V_CHECKPOINT"
  | "V_WITNESS"
  | "V_STALE"
  | "V_NAME"
  | "V_RECEIPT"
  | "V_APPROVAL"
  | "V_STATE"
  | "V_ATTEST"
  | "V_BUNDLE"
  | "V_PDF_SIGNATURE"
  | "V_PDF_EVIDENCE"
  | "E_LIMIT";

/** Every refusal of this package. `detail` names the entry, command or key concerned. */
export class ReportError extends HoldfastError<ReportErrorCode> {
  readonly code: ReportErrorCode;
  override readonly detail: Readonly<Record<string, string | number>>;

  constructor(code: ReportErrorCode, message: string, detail: Readonly<Record<string, string | number>> = {}) {
    super(message);
    this.name = "ReportError";
    this.code = code;
    this.detail = detail;
  }
}
