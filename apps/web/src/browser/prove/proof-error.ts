import { HoldfastError } from "@holdfast/protocol";

/** Why this browser refuses what a server sent. Signature and tree verdicts keep the codes of protocol and tlog. */
export type ProofErrorCode =
  | "P_TID"
  | "P_ROSTER"
  | "P_ROLLBACK"
  | "P_LEAF"
  | "P_RECEIPT"
  | "P_RECEIPT_SIG"
  | "P_STATE"
  | "P_NAME"
  | "P_RELABELLED"
  | "P_OUTCOME";

/** A verdict about evidence. `detail` holds positions and sizes only. */
export class ProofError extends HoldfastError<ProofErrorCode> {
  readonly code: ProofErrorCode;
  override readonly detail: Readonly<Record<string, string | number>>;

  constructor(code: ProofErrorCode, message: string, detail: Readonly<Record<string, string | number>> = {}) {
    super(message);
    this.name = "ProofError";
    this.code = code;
    this.detail = detail;
  }
}
