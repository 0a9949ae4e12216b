import { ENUM, type RequestPayload } from "@holdfast/kmip";
import type { Caller } from "../../../operations/caller.ts";
import { heldStream, isPart, type PartAnswer, servePart } from "../cryptography/in-parts.ts";
import type { OpenStream } from "../cryptography/open-streams.ts";
import { keptParameters, signatureParameters } from "../cryptography/signature-parameters.ts";
import type { KmipContext, NamedObject } from "../kmip-context.ts";
import { refuse } from "../refused.ts";
import type { KmipOperation } from "./kmip-operation.ts";
import { messageOf } from "./sign.ts";

type Request = RequestPayload<"SignatureVerify">;

/** Tells whether a signature is valid, over data or a digest, whole or in parts. @see KMIP 2.1 section 6.1.59 */
export const signatureVerify: KmipOperation<"SignatureVerify"> = (context, payload) => {
  if (isPart(payload)) return servePart(context, "SignatureVerify", payload, () => verification(context, payload));
  return verified(context, context.caller, { object: context.object(payload.uniqueIdentifier), payload });
};

function verified(
  { operations }: KmipContext,
  caller: Caller,
  { object, payload }: { readonly object: NamedObject; readonly payload: Request },
) {
  const { data, digested } = messageOf(payload);
  const { cryptographicParameters: given, signatureData } = payload;
  const signature = signatureData ?? refuse("InvalidMessage", "The request has no signature.");
  const { valid } = operations.verify(
    caller,
    { name: object.name },
    { params: (key) => signatureParameters({ given, digested, purpose: "verify" }, key), data, signature },
  );
  return { uniqueIdentifier: object.identifier, validityIndicator: validity(valid) };
}

/** The Validity Indicator of what was checked. */
export function validity(valid: boolean): number {
  return valid ? ENUM.ValidityIndicator.Valid : ENUM.ValidityIndicator.Invalid;
}

/** The signature may come with any part. */
function verification(
  context: KmipContext,
  first: Request,
): OpenStream<Request, PartAnswer, ReturnType<typeof verified>> {
  const object = context.object(first.uniqueIdentifier);
  const cryptographicParameters = keptParameters(first.cryptographicParameters);
  context.operations.assertUsable(context.caller, { name: object.name }, "verify");
  let signatureData: Uint8Array | undefined;
  return heldStream<Request, ReturnType<typeof verified>>(
    object.identifier,
    (caller, data) => verified(context, caller, { object, payload: { cryptographicParameters, data, signatureData } }),
    (payload) => {
      if (payload.signatureData !== undefined) signatureData = Buffer.from(payload.signatureData);
    },
  );
}
