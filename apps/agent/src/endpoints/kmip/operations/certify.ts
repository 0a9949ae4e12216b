import { certificationOf } from "../certification.ts";
import { keepNewObject } from "../keep-new-object.ts";
import type { KmipOperation } from "./kmip-operation.ts";

/** Issues a certificate for a public key. It opens nothing here. @see KMIP 2.1 section 6.1.8 */
export const certify: KmipOperation<"Certify"> = async (context, payload) => {
  const { name } = context.object(payload.uniqueIdentifier);
  const asked = await certificationOf(context, payload);
  const made = await context.operations.certifyObject(context.caller, name, asked);
  return { uniqueIdentifier: keepNewObject(context, "Certify", made) };
};
