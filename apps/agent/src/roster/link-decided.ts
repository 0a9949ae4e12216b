import { explainRefusal } from "../admission/errors.ts";
import type { LinkProgress } from "./describe-link.ts";

/** What became of a link that was delivered, approved, objected to or proposed. */
export interface LinkDecided {
  /** docHash of the link's roster; empty for bytes that are no link. */
  readonly hash: string;
  readonly outcome: "applied" | "scheduled" | "pending" | "refused" | "cancelled";
  readonly code?: string;
  readonly what?: string;
  readonly next?: string;
  /** Index of its newest entry in the custody log. */
  readonly leaf?: number;
  /** When a scheduled link is in force, Unix seconds by the running time. */
  readonly due?: number;
  /** Approved changes that waited their delay for its place, and ended by this. */
  readonly ended?: readonly string[];
  readonly old?: LinkProgress;
  readonly new?: LinkProgress;
}

/** One touch at the agent's page over one link. */
export interface LinkDecision {
  readonly decision: 1 | 2;
  readonly hash: string;
  readonly assertion: {
    readonly credId: string;
    readonly clientDataJSON: string;
    readonly authData: string;
    readonly sig: string;
  };
}

/** A refusal as an answer. */
export function refusedLink(hash: string, code: string, what: string, next?: string): LinkDecided {
  return { hash, outcome: "refused", code, what, next: next ?? explainRefusal(code).next };
}
