import { HoldfastError } from "@holdfast/protocol";

/** Why a witness's folder cannot be used, or what it was given is no log. */
export type WitnessErrorCode = "E_WITNESS_FOLDER" | "E_WITNESS_LOG";

/** A refusal of the witness to the person who runs it, with the next step. */
export class WitnessError extends HoldfastError<WitnessErrorCode> {
  readonly code: WitnessErrorCode;
  readonly next: string;

  constructor(code: WitnessErrorCode, message: string, next: string) {
    super(message);
    this.name = "WitnessError";
    this.code = code;
    this.next = next;
  }
}
