import { HoldfastError } from "@holdfast/protocol";

const NEXT: Readonly<Record<number, string>> = {
  403: "Load the page again, at exactly the address that the console printed.",
  409: "See `holdfast-agent status`.",
  404: "Check what was named.",
  413: "Send less at once.",
  415: "Load the page again, at exactly the address that the console printed.",
  421: "Open the page at exactly the address that the console printed.",
};

/** A call that is refused for how it was made. */
export class HttpRefusal extends HoldfastError<string> {
  readonly code: string;
  readonly status: number;
  readonly next: string;

  constructor(status: number, code: string, what: string) {
    super(what);
    this.name = "HttpRefusal";
    this.code = code;
    this.status = status;
    this.next = NEXT[status] ?? "Correct the call and try again.";
  }
}
