import type { RequestPayload } from "@holdfast/kmip";
import type { Caller } from "../../../operations/caller.ts";
import { heldStream, isPart, type PartAnswer, servePart } from "../cryptography/in-parts.ts";
import type { OpenStream } from "../cryptography/open-streams.ts";
import { keptParameters, signatureParameters } from "../cryptography/signature-parameters.ts";
import type { KmipContext, NamedObject } from "../kmip-context.ts";
import { refuse } from "../refused.ts";
import type { KmipOperation } from "./kmip-operation.ts";

type Request = RequestPayload<"Sign">;

/** Signs data or a digest of it, whole or in parts. @see KMIP 2.1 section 6.1.58 */
export const sign: KmipOperation<"Sign"> = (context, payload) => {
  if (isPart(payload)) return servePart(context, "Sign", payload, () => signing(context, payload));
  return signed(context, context.caller, { object: context.object(payload.uniqueIdentifier), payload });
};

function signed(
  { operations }: KmipContext,
  caller: Caller,
  { object, payload }: { readonly object: NamedObject; readonly payload: Request },
) {
  const { data, digested } = messageOf(payload);
  const { cryptographicParameters: given } = payload;
  const { signature } = operations.sign(
    caller,
    { name: object.name },
    { params: (key) => signatureParameters({ given, digested, purpose: "sign" }, key), data },
  );
  return { uniqueIdentifier: object.identifier, signatureData: signature };
}

/** Data, or a digest of it. @throws KmipRefusedError where there is neither, or both */
export function messageOf({ data, digestedData }: Pick<Request, "data" | "digestedData">): {
  readonly data: Uint8Array;
  readonly digested: boolean;
} {
  if (data !== undefined && digestedData !== undefined)
    refuse("InvalidMessage", "Data and Digested Data are not given together.");
  const message = data ?? digestedData ?? refuse("InvalidMessage", "The request has no data.");
  return { data: message, digested: digestedData !== undefined };
}

/** Whether the client may sign with the key is asked at the first part, and again when it is signed. */
function signing(context: KmipContext, first: Request): OpenStream<Request, PartAnswer, ReturnType<typeof signed>> {
  const object = context.object(first.uniqueIdentifier);
  const cryptographicParameters = keptParameters(first.cryptographicParameters);
  context.operations.assertUsable(context.caller, { name: object.name }, "sign");
  return heldStream(object.identifier, (caller, data) =>
    signed(context, caller, { object, payload: { cryptographicParameters, data } }),
  );
}
