import type { IssuedFile } from "../lifecycle/client-issuer.ts";
import type { Outcome } from "../lifecycle/outcome.ts";

/** What became of a command that was delivered, approved or rejected. */
export interface Decided {
  readonly hash: string;
  readonly outcome: "applied" | "scheduled" | "pending" | "refused" | "cancelled" | "expired";
  readonly code?: string;
  readonly what?: string;
  readonly next?: string;
  /** Index of the command's first entry in the custody log. */
  readonly leaf?: number;
  readonly have?: number;
  readonly need?: number;
  /** When a scheduled command runs, Unix seconds by the running time. */
  readonly due?: number;
  /** A new client's files, in this answer only. */
  readonly files?: readonly IssuedFile[];
}

/** One touch on the agent's page: a decision over the commands that were shown. */
export interface PageDecision {
  readonly decision: 1 | 2;
  /** Hashes in the order in which they were shown and are carried out. */
  readonly list: readonly string[];
  readonly assertion: {
    readonly credId: string;
    readonly clientDataJSON: string;
    readonly authData: string;
    readonly sig: string;
  };
}

/** The executor's outcome as an answer. */
export function decidedOf(hash: string, { outcome, code, leaf, secrets }: Outcome, due?: number): Decided {
  return {
    hash,
    outcome,
    leaf,
    ...(code === undefined ? {} : { code }),
    ...(due === undefined ? {} : { due }),
    ...(secrets === undefined ? {} : { files: secrets }),
  };
}
