import { HoldfastError } from "@holdfast/protocol";

/** Why the hosted page is not served. Part of the API: docs/spec/errors.md. */
export type ServeErrorCode = "CONFIGURATION" | "E_BUILD" | "E_LISTEN";

/** The hosted page cannot be served as it was asked for. */
export class ServeError extends HoldfastError<ServeErrorCode> {
  readonly code: ServeErrorCode;
  readonly next: string;

  constructor(code: ServeErrorCode, what: string, next: string) {
    super(what);
    this.name = "ServeError";
    this.code = code;
    this.next = next;
  }
}
