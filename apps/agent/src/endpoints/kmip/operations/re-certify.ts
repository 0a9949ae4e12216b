import { certificationOf } from "../certification.ts";
import { keepNewObject } from "../keep-new-object.ts";
import type { KmipOperation } from "./kmip-operation.ts";

/** Issues a certificate in the place of another. @see KMIP 2.1 section 6.1.39 */
export const reCertify: KmipOperation<"ReCertify"> = async (context, payload) => {
  const { name } = context.object(payload.uniqueIdentifier);
  const asked = await certificationOf(context, payload, payload.offset);
  const made = await context.operations.recertifyObject(context.caller, name, asked);
  return { uniqueIdentifier: keepNewObject(context, "ReCertify", made) };
};
