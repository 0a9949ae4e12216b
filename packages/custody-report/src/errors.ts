import { HoldfastError } from "@holdfast/protocol";

/** Every way in which a report can fail to hold, by name. */
export const REPORT_ERROR_CODES = [
  "V_MALFORMED",
  "V_ROSTER",
  "V_WORDS",
  "V_ROOT",
  "V_CHECKPOINT",
  "V_WITNESS",
  "V_STALE",
  "W_EQUIVOCATION",
  "V_NAME",
  "V_RECEIPT",
  "V_APPROVAL",
  "V_STATE",
  "V_ATTEST",
  "V_CERTIFICATE",
  "V_BUNDLE",
  "V_PDF_SIGNATURE",
  "V_PDF_EVIDENCE",
  "V_PDF_TEXT",
  "E_LIMIT",
] as const;

/**
 * What is wrong with a report, by name. Stable: scripts match on it, docs/spec/custody-report.md explains it.
 *
 * Every code names one kind of fact, so that a reader learns which part of the evidence does not hold.
 */
export type ReportErrorCode = (typeof REPORT_ERROR_CODES)[number];

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

/** How a refusal of the packages below is named. */
export type Naming = {
  readonly code: ReportErrorCode;
  /** What does not hold, as the sentence begins. */
  readonly what: string;
  readonly detail?: Readonly<Record<string, string | number>>;
};

/**
 * Runs a check of the packages below and names its refusal as a fact of the report.
 *
 * @throws {@link ReportError} by the naming's code, with the lower refusal's in `detail.because`; errors that are no
 *   refusals pass through
 */
export async function refuseAs<T>(naming: Naming, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw renamed(naming, error);
  }
}

/** The same for what awaits nothing. @throws {@link ReportError} by the naming's code */
export function refuseAsSync<T>(naming: Naming, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw renamed(naming, error);
  }
}

function renamed({ code, what, detail = {} }: Naming, error: unknown): unknown {
  if (error instanceof ReportError || !(error instanceof HoldfastError)) return error;
  const because = error as HoldfastError<string>;
  if (because.code === "E_LIMIT") return new ReportError("E_LIMIT", `${what}: ${because.message}`, detail);
  return new ReportError(code, `${what}: ${because.message}`, { ...detail, because: because.code });
}
