import { HoldfastError } from "@holdfast/protocol";

/** A call that is refused for how it was made. */
export class HttpRefusal extends HoldfastError<string> {
  readonly code: string;
  readonly status: number;

  constructor(status: number, code: string, what: string) {
    super(what);
    this.name = "HttpRefusal";
    this.code = code;
    this.status = status;
  }
}
