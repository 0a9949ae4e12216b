import type { RequestPayload } from "@holdfast/kmip";
import { hashAlgorithm } from "../cryptography/hash-algorithms.ts";
import { dataOf, HeldParts, isPart, servePart } from "../cryptography/in-parts.ts";
import type { OpenStream } from "../cryptography/open-streams.ts";
import type { KmipContext } from "../kmip-context.ts";
import { refuse } from "../refused.ts";
import type { KmipOperation } from "./kmip-operation.ts";

type Request = RequestPayload<"Hash">;

/** Hashes data, whole or in parts. @see KMIP 2.1 section 6.1.22 */
export const hash: KmipOperation<"Hash"> = (context, payload) => {
  if (isPart(payload)) return servePart(context, "Hash", payload, () => hashing(context, payload));
  return { data: context.operations.hash(algorithmOf(payload), dataOf(payload)) };
};

function algorithmOf({ cryptographicParameters: { hashingAlgorithm } }: Request) {
  return hashAlgorithm(hashingAlgorithm ?? refuse("InvalidField", "A hash needs a Hashing Algorithm."));
}

function hashing({ operations }: KmipContext, first: Request): OpenStream<Request, object, { readonly data: Buffer }> {
  const algorithm = algorithmOf(first);
  operations.hash(algorithm, Buffer.alloc(0));
  const held = new HeldParts();
  return {
    identifier: null,
    holds: true,
    part(_caller, { data }) {
      held.add(data);
      return {};
    },
    end(_caller, { data }) {
      held.add(data);
      return { data: operations.hash(algorithm, held.take()) };
    },
  };
}
