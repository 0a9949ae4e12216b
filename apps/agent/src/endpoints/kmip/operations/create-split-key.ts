import { ENUM, findAttribute, unsignedFromBigInteger } from "@holdfast/kmip";
import type { SplitBase } from "../../../operations/split-object.ts";
import { withInstances } from "../attributes/bag.ts";
import { doorAlgorithm } from "../attributes/key-algorithms.ts";
import { formatNumber } from "../attributes/key-formats.ts";
import { settingsOf } from "../attributes/object-settings.ts";
import { withTemplates } from "../attributes/templates.ts";
import { undoByDestroying } from "../keep-new-object.ts";
import { identifierOfObject } from "../object-identifier.ts";
import { refuse } from "../refused.ts";
import { withDefaults } from "../rules/with-defaults.ts";
import { splitBag, splitMethod } from "../split-attributes.ts";
import type { KmipOperation } from "./kmip-operation.ts";

/** Splits a key that is here, or a new one of which only the parts are kept. @see KMIP 2.1 section 6.1.13 */
export const createSplitKey: KmipOperation<"CreateSplitKey"> = async (context, payload) => {
  const { splitKeyParts, splitKeyThreshold, splitKeyMethod, primeFieldSize } = payload;
  const attributes = withDefaults(context, ENUM.ObjectType.SplitKey, withTemplates(context, payload.attributes));
  const prime =
    primeFieldSize && (unsignedFromBigInteger(primeFieldSize) ?? refuse("InvalidField", "The prime is negative."));
  const algorithm = findAttribute(attributes, "CryptographicAlgorithm");
  const length = findAttribute(attributes, "CryptographicLength");
  let base: SplitBase;
  if (payload.uniqueIdentifier !== undefined) base = { name: context.object(payload.uniqueIdentifier).name };
  else {
    if (payload.objectType !== ENUM.ObjectType.SymmetricKey || algorithm === undefined)
      refuse("InvalidField", "Without a Unique Identifier, a symmetric key is made: of which algorithm must be said.");
    base = doorAlgorithm({ algorithm, length });
  }
  const made = await context.operations.splitObject(context.caller, {
    base,
    how: splitMethod(splitKeyMethod, prime),
    threshold: { parts: splitKeyParts, threshold: splitKeyThreshold },
    part: settingsOf(context, attributes),
    said: (keyPartIdentifier, { format }) => ({
      ...withInstances({}, { name: "KeyFormatType" }, [{ index: 0, value: formatNumber(format) }]),
      ...splitBag({
        ...{ splitKeyParts, keyPartIdentifier, splitKeyThreshold, splitKeyMethod },
        ...(prime && { primeFieldSize: Buffer.from(prime).toString("base64") }),
      }),
    }),
  });
  const uniqueIdentifier = made.map(identifierOfObject);
  context.ids.keep("CreateSplitKey", uniqueIdentifier[0] as string);
  made.forEach((part, at) => {
    undoByDestroying(context, uniqueIdentifier[at] as string, part);
  });
  return { uniqueIdentifier };
};
