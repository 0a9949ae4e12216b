import { HoldfastError } from "@holdfast/protocol";

/** Why a witness could not be added, asked or compared with. */
export type WitnessErrorCode = "E_WITNESS" | "E_WITNESS_GONE";

const NEXT: Readonly<Record<WitnessErrorCode, string>> = {
  E_WITNESS: "Copy address and key from whoever runs the witness: `witness serve` prints both.",
  E_WITNESS_GONE: "Ask whoever runs the witness; the key server goes on without it.",
};

/** A refusal about a witness, with the next step. */
export class WitnessError extends HoldfastError<WitnessErrorCode> {
  readonly code: WitnessErrorCode;
  readonly next: string;

  /** Whether the witness itself says that it is broken: waiting does not mend that. */
  readonly isBroken: boolean;

  constructor(code: WitnessErrorCode, message: string, { isBroken = false } = {}) {
    super(message);
    this.name = "WitnessError";
    this.code = code;
    this.isBroken = isBroken;
    this.next = NEXT[code];
  }
}
