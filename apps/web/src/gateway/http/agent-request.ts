import type { Scope } from "@holdfast/db";
import type { Gateway } from "../gateway.ts";

/** A request that is known to come from an agent of an environment. */
export interface AgentRequest {
  readonly gateway: Gateway;
  readonly aid: string;
  readonly aik: string;
  readonly scope: Scope;
  readonly body: unknown;
  /** Ends when the agent hangs up or the gateway stops. */
  readonly signal: AbortSignal;
}

/** Answers one kind of request. */
export type Route = (request: AgentRequest) => Promise<object>;
