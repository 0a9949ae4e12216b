import { HoldfastError } from "@holdfast/protocol";

/** Why the administration socket cannot be opened safely. */
export class AdminError extends HoldfastError<"E_SOCKET"> {
  readonly code = "E_SOCKET";
  readonly next: string;

  constructor(what: string, next: string) {
    super(what);
    this.name = "AdminError";
    this.next = next;
  }
}
