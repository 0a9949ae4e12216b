import { RestError } from "../errors.ts";
import { type Route, route } from "../route.ts";
import { digits, either, integer, list, object, optional, text } from "../schema.ts";

const hash = text(/^[A-Za-z0-9_-]{43}$/, "a hash");
const size = digits(0, Number.MAX_SAFE_INTEGER);
const count = integer(0, Number.MAX_SAFE_INTEGER);
const proof = list(hash, 0, 64);

/** The newest signed checkpoint of the custody log. */
export const checkpointRoute: Route = route({
  method: "GET",
  path: "/v1/log/checkpoint",
  id: "checkpoint",
  summary: "The custody log's newest checkpoint, a signed note (C2SP), with its cosignatures",
  answer: { type: "text/plain; charset=utf-8" },
  run: ({ domain }) => ({ body: domain.log.checkpoint(), type: "text/plain; charset=utf-8" }),
});

/** Inclusion of an entry, or consistency of two sizes. */
export const proofRoute: Route = route({
  method: "GET",
  path: "/v1/log/proof",
  id: "proof",
  summary:
    "Proof that entry `leaf` is in the tree of `size` entries, or that the tree of `from` entries is its beginning",
  query: object({ size, leaf: optional(size), from: optional(size) }),
  answer: either("leaf", object({ size: count, leaf: count, proof }), object({ size: count, from: count, proof })),
  run({ domain, query }) {
    const { size: to, leaf, from } = query;
    if (to > domain.log.size)
      throw new RestError("E_SCHEMA", "size is more than the log has.", { size: domain.log.size });
    if (leaf !== undefined && from === undefined && leaf < to)
      return { body: JSON.stringify({ size: to, leaf, proof: domain.log.inclusion(leaf, to) }) };
    if (from !== undefined && leaf === undefined && from <= to)
      return { body: JSON.stringify({ size: to, from, proof: domain.log.consistency(from, to) }) };
    throw new RestError("E_SCHEMA", "Give either leaf, below size, or from, at most size.");
  },
});
