import { ReportError, type VerifiedReport, type VerifyOptions, verifyReport } from "@holdfast/custody-report";

/** What came out: everything holds, everything but the origin, or a refusal by name. */
export type Verdict =
  | { readonly kind: "verified" | "not-compared"; readonly report: VerifiedReport }
  | { readonly kind: "refused"; readonly error: ReportError };

/** Exit status of each verdict. */
export const EXIT = { verified: 0, refused: 1, usage: 2, "not-compared": 4 } as const;

/** Verifies a file's bytes. A refusal is a verdict; only a defect of this program is thrown. */
export async function judge(bytes: Uint8Array, options: VerifyOptions): Promise<Verdict> {
  try {
    const report = await verifyReport(bytes, options);
    return { kind: report.compared ? "verified" : "not-compared", report };
  } catch (error) {
    if (error instanceof ReportError) return { kind: "refused", error };
    throw error;
  }
}
