import { REPORT_ERROR_CODES, ReportError, type ReportErrorCode, verifyReport } from "@holdfast/custody-report";

/** What became of a file: the code it is refused by, or what must never be. */
export type Outcome = ReportErrorCode | "held" | `crashed: ${string}`;

/** The code by which a file is refused; `held` when it is not, `crashed` when anything else than a refusal is thrown. */
export async function refusalOf(bytes: Uint8Array): Promise<Outcome> {
  try {
    await verifyReport(bytes);
    return "held";
  } catch (error) {
    return error instanceof ReportError && isRefusal(error.code) ? error.code : `crashed: ${error}`;
  }
}

/** Whether an outcome is a refusal by name. */
export function isRefusal(outcome: string): outcome is ReportErrorCode {
  return REPORT_ERROR_CODES.some((code) => code === outcome);
}
