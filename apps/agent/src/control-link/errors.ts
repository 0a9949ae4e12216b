import { HoldfastError } from "@holdfast/protocol";

/** What can go wrong between an agent and its control plane. */
export type LinkErrorCode = "E_GATEWAY" | "E_GATEWAY_ANSWER" | "E_GATEWAY_REFUSED" | "E_LINKED" | "E_NOT_LINKED";

const NEXT: Readonly<Record<LinkErrorCode, string>> = {
  E_GATEWAY: "Keys are served without it. Check the address and the network; the agent tries again by itself.",
  E_GATEWAY_ANSWER: "Keys are served without it. Tell whoever runs the control plane.",
  E_GATEWAY_REFUSED: "Make a new token in the dashboard and link again.",
  E_LINKED: "Leave the present control plane first: `holdfast-agent unlink`.",
  E_NOT_LINKED: "Link it with a token from the dashboard: `holdfast-agent link --token TOKEN`.",
};

/** A failure or refusal at the gateway. `detail.reason` is the gateway's own code where it gave one. */
export class LinkError extends HoldfastError<LinkErrorCode> {
  readonly code: LinkErrorCode;
  readonly next: string;
  override readonly detail: Readonly<Record<string, string | number>>;

  constructor(code: LinkErrorCode, what: string, detail: Readonly<Record<string, string | number>> = {}) {
    super(what);
    this.name = "LinkError";
    this.code = code;
    this.next = NEXT[code];
    this.detail = detail;
  }
}
