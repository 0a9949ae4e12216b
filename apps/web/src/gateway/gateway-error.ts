import { HoldfastError } from "@holdfast/protocol";

/** Why the gateway refuses a request. Evidence that does not hold keeps the codes of protocol and tlog. */
export type GatewayErrorCode =
  | "E_AGENT"
  | "E_CLOCK"
  | "E_CONFLICT"
  | "E_LIMIT"
  | "E_NOT_FOUND"
  | "E_RATE"
  | "E_REPLAY"
  | "E_SCHEMA"
  | "E_SIG"
  | "E_STORE"
  | "E_TENANT"
  | "E_TOKEN";

const STATUS: Readonly<Record<GatewayErrorCode, number>> = {
  E_AGENT: 401,
  E_CLOCK: 401,
  E_CONFLICT: 409,
  E_LIMIT: 413,
  E_NOT_FOUND: 404,
  E_RATE: 429,
  E_REPLAY: 401,
  E_SCHEMA: 400,
  E_SIG: 401,
  E_STORE: 503,
  E_TENANT: 409,
  E_TOKEN: 403,
};

const NEXT: Readonly<Record<GatewayErrorCode, string>> = {
  E_AGENT: "Link the agent again with a new token of its environment.",
  E_CLOCK: "Set the agent's clock.",
  E_CONFLICT: "Ask for the state and go on from there.",
  E_LIMIT: "Send less at once.",
  E_NOT_FOUND: "Check the address.",
  E_RATE: "Wait and try again.",
  E_REPLAY: "Sign the request anew.",
  E_SCHEMA: "Update the agent or the control plane; they disagree about the form.",
  E_SIG: "Check that nothing on the way changes requests, and that the gateway's address is the one in the token.",
  E_STORE: "Try again later; the agent goes on without it.",
  E_TENANT: "Make an environment of its own for this domain and link the agent there.",
  E_TOKEN: "Make a new token in the dashboard.",
};

/** A refusal by the gateway. `detail` is public: sizes and places. */
export class GatewayError extends HoldfastError<GatewayErrorCode> {
  readonly code: GatewayErrorCode;
  override readonly detail: Readonly<Record<string, string | number>>;

  constructor(code: GatewayErrorCode, message: string, detail: Readonly<Record<string, string | number>> = {}) {
    super(message);
    this.name = "GatewayError";
    this.code = code;
    this.detail = detail;
  }

  get status(): number {
    return STATUS[this.code];
  }

  get next(): string {
    return NEXT[this.code];
  }
}
