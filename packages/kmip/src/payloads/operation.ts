import type { Codec } from "../fields/codec.ts";
import { type Fields, type Struct, struct } from "../fields/struct.ts";

/** The codecs of an operation's two payloads. */
export interface Operation<Request, Response> {
  readonly request: Codec<Request>;
  readonly response: Codec<Response>;
}

/** An operation from the two tables of the specification: request payload, response payload. */
export function operation<Q extends Fields, S extends Fields>(
  request: Q,
  response: S,
): Operation<Struct<Q>, Struct<S>> {
  return { request: struct(request), response: struct(response) };
}
