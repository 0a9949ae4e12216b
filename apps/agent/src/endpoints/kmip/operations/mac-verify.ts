import type { RequestPayload } from "@holdfast/kmip";
import type { Caller } from "../../../operations/caller.ts";
import { dataOf, heldStream, isPart, type PartAnswer, servePart } from "../cryptography/in-parts.ts";
import { macParameters } from "../cryptography/mac-parameters.ts";
import type { OpenStream } from "../cryptography/open-streams.ts";
import type { KmipContext, NamedObject } from "../kmip-context.ts";
import { refuse } from "../refused.ts";
import type { KmipOperation } from "./kmip-operation.ts";
import { validity } from "./signature-verify.ts";

type Request = RequestPayload<"MACVerify">;

/** Tells whether an authentication code is right, whole or in parts. @see KMIP 2.1 section 6.1.32 */
export const macVerify: KmipOperation<"MACVerify"> = (context, payload) => {
  if (isPart(payload)) return servePart(context, "MACVerify", payload, () => verification(context, payload));
  return verified(context, context.caller, { object: context.object(payload.uniqueIdentifier), payload });
};

function verified(
  { operations }: KmipContext,
  caller: Caller,
  { object, payload }: { readonly object: NamedObject; readonly payload: Request },
) {
  const { cryptographicParameters: given, macData } = payload;
  const { valid } = operations.verifyMac(
    caller,
    { name: object.name },
    {
      params: (key) => macParameters(given, key),
      data: dataOf(payload),
      mac: macData ?? refuse("InvalidMessage", "The request has no MAC."),
    },
  );
  return { uniqueIdentifier: object.identifier, validityIndicator: validity(valid) };
}

/** The code may come with any part. */
function verification(
  context: KmipContext,
  first: Request,
): OpenStream<Request, PartAnswer, ReturnType<typeof verified>> {
  const object = context.object(first.uniqueIdentifier);
  const { cryptographicParameters } = first;
  context.operations.assertUsable(context.caller, { name: object.name }, "verifymac");
  let macData: Uint8Array | undefined;
  return heldStream<Request, ReturnType<typeof verified>>(
    object.identifier,
    (caller, data) => verified(context, caller, { object, payload: { cryptographicParameters, data, macData } }),
    (payload) => {
      if (payload.macData !== undefined) macData = Buffer.from(payload.macData);
    },
  );
}
