import { keepPair } from "./create-key-pair.ts";
import type { KmipOperation } from "./kmip-operation.ts";
import { changeOf } from "./re-key.ts";

/** Makes a key pair that takes another one's place and names. @see KMIP 2.1 section 6.1.44 */
export const reKeyKeyPair: KmipOperation<"ReKeyKeyPair"> = async (context, payload) => {
  const { name } = context.object(payload.privateKeyUniqueIdentifier);
  const { commonAttributes = [], privateKeyAttributes = [], publicKeyAttributes = [], offset } = payload;
  const pair = await context.operations.rekeyPair(context.caller, name, {
    privateKey: changeOf(context, [...privateKeyAttributes, ...commonAttributes], offset),
    publicKey: changeOf(context, [...publicKeyAttributes, ...commonAttributes], offset),
  });
  return keepPair(context, "ReKeyKeyPair", pair);
};
