import { HoldfastError } from "@holdfast/protocol";

/** Why a move could not begin or go on as a whole; what happens to single objects stands in its report. */
export type MigrateErrorCode = "E_PEER" | "E_PEER_ANSWER";

/** A KMIP server that cannot be reached, or whose answers cannot be read. */
export class MigrateError extends HoldfastError<MigrateErrorCode> {
  readonly code: MigrateErrorCode;
  readonly next: string;

  constructor(code: MigrateErrorCode, what: string, next: string) {
    super(what);
    this.name = "MigrateError";
    this.code = code;
    this.next = next;
  }
}
