import { HoldfastError } from "@holdfast/protocol";

/** Every code of this package. Each has an accepted and a just-not-accepted case in `vectors/`. */
export const TLOG_ERROR_CODES = [
  "V_MALFORMED",
  "V_INCLUSION",
  "V_CONSISTENCY",
  "V_ROOT",
  "V_SIGNATURE",
  "V_STALE",
  "W_EQUIVOCATION",
  "W_UNAVAILABLE",
  "E_LIMIT",
] as const;

/**
 * Why a piece of log evidence was refused. Part of the API: stable, documented in docs/spec/errors.md.
 *
 * `V_` codes are verdicts of a reader about evidence, `W_` codes are findings about a witness,
 * `E_LIMIT` says that the input is larger than anything honest.
 */
export type TlogErrorCode = (typeof TLOG_ERROR_CODES)[number];

/** Every refusal of this package. `detail` holds sizes and positions only, never content. */
export class TlogError extends HoldfastError<TlogErrorCode> {
  readonly code: TlogErrorCode;
  override readonly detail: Readonly<Record<string, string | number>>;

  constructor(code: TlogErrorCode, message: string, detail: Readonly<Record<string, string | number>> = {}) {
    super(message);
    this.name = "TlogError";
    this.code = code;
    this.detail = detail;
  }
}
