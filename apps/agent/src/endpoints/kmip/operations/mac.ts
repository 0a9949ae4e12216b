import type { RequestPayload } from "@holdfast/kmip";
import type { Caller } from "../../../operations/caller.ts";
import { dataOf, heldStream, isPart, type PartAnswer, servePart } from "../cryptography/in-parts.ts";
import { macParameters } from "../cryptography/mac-parameters.ts";
import type { OpenStream } from "../cryptography/open-streams.ts";
import type { KmipContext, NamedObject } from "../kmip-context.ts";
import type { KmipOperation } from "./kmip-operation.ts";

type Request = RequestPayload<"MAC">;

/** Authenticates data, whole or in parts. @see KMIP 2.1 section 6.1.31 */
export const mac: KmipOperation<"MAC"> = (context, payload) => {
  if (isPart(payload)) return servePart(context, "MAC", payload, () => authentication(context, payload));
  return authenticated(context, context.caller, { object: context.object(payload.uniqueIdentifier), payload });
};

function authenticated(
  { operations }: KmipContext,
  caller: Caller,
  { object, payload }: { readonly object: NamedObject; readonly payload: Request },
) {
  const { cryptographicParameters: given } = payload;
  const request = {
    params: (key: Parameters<typeof macParameters>[1]) => macParameters(given, key),
    data: dataOf(payload),
  };
  const { mac: macData } = operations.mac(caller, { name: object.name }, request);
  return { uniqueIdentifier: object.identifier, macData };
}

function authentication(
  context: KmipContext,
  first: Request,
): OpenStream<Request, PartAnswer, ReturnType<typeof authenticated>> {
  const object = context.object(first.uniqueIdentifier);
  const { cryptographicParameters } = first;
  context.operations.assertUsable(context.caller, { name: object.name }, "mac");
  return heldStream(object.identifier, (caller, data) =>
    authenticated(context, caller, { object, payload: { cryptographicParameters, data } }),
  );
}
