import type { Signed } from "@holdfast/protocol";
import type { IssuedFile } from "./client-issuer.ts";

/** What became of a command, with its receipt; `secrets` are files that are handed out once and exist nowhere else. */
export interface Outcome {
  readonly outcome: "applied" | "scheduled" | "cancelled" | "expired" | "refused";
  readonly code?: string;
  readonly receipt: Signed;
  /** Index of the command's first entry. */
  readonly leaf: number;
  readonly secrets?: readonly IssuedFile[];
}

/** A receipt as stored: the answer to every replay. */
export interface StoredReceipt extends Omit<Outcome, "secrets"> {
  /** False while a scheduled command waits. */
  readonly final: boolean;
}
