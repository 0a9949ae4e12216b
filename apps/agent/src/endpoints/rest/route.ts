import type { Caller } from "../../operations/caller.ts";
import type { ServedDomain } from "../served-agent.ts";
import type { Schema } from "./schema.ts";

/** A request that reached its route: identified, read and checked against the route's schemas. */
interface RouteRequest<Body = unknown, Query = unknown, Asker = Caller> {
  readonly domain: ServedDomain;
  readonly caller: Asker;
  /** The `{key}` of the path. */
  readonly key: string;
  readonly query: Query;
  readonly body: Body;
}

/** A request whose body is bytes. */
interface RawRequest {
  readonly domain: ServedDomain;
  readonly caller: Caller;
  readonly key: string;
  readonly query: { readonly group?: string | undefined };
  readonly body: Buffer;
  readonly aad: Buffer | undefined;
}

/** An answer. JSON is written as text by its route; `type` is of anything else. */
export interface Reply {
  readonly status?: number;
  readonly body: string | Buffer;
  readonly type?: string;
  readonly headers?: readonly string[];
}

/** One method of one path: what it takes, what it gives, what it does. */
export interface Route<Body = unknown, Query = unknown> {
  readonly method: "GET" | "POST";
  /** As OpenAPI writes it; `{key}` is the one parameter there is. */
  readonly path: string;
  readonly id: string;
  readonly summary: string;
  readonly query?: Schema<Query>;
  readonly body?: Schema<Body>;
  readonly answer: Schema<unknown> | { readonly type: string };
  readonly status?: number;
  /** Answers whoever asks, without a certificate: then only the address is known. */
  readonly open?: (request: RouteRequest<Body, Query, Pick<Caller, "from">>) => Promise<Reply>;
  /** Takes and gives bytes as well. */
  readonly raw?: (request: RawRequest) => Reply;
  /** A promise where something is written down before the answer; what only uses keys answers at once. Absent of an open route. */
  run?(request: RouteRequest<Body, Query>): Reply | Promise<Reply>;
}

/** Keeps the types of a route's schemas together with its `run`. */
export function route<Body = undefined, Query = undefined>(definition: Route<Body, Query>): Route {
  return definition as unknown as Route;
}
