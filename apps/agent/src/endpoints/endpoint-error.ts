import { HoldfastError } from "@holdfast/protocol";

/** Why a listener could not be started. */
export type EndpointErrorCode = "E_LISTEN";

/** A listener that does not start; the message names the address. */
export class EndpointError extends HoldfastError<EndpointErrorCode> {
  readonly code: EndpointErrorCode;
  readonly next: string;

  constructor(
    code: EndpointErrorCode,
    message: string,
    next = "Stop that program, or choose another address: --rest, --kmip, --page and --metrics (a witness: --listen) take HOST:PORT.",
  ) {
    super(message);
    this.next = next;
    this.name = "EndpointError";
    this.code = code;
  }
}
