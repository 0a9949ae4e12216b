import { ENUM, findAttribute } from "@holdfast/kmip";
import { doorAlgorithm, saidOf } from "../attributes/key-algorithms.ts";
import { assertQuantumSafe, settingsOf } from "../attributes/object-settings.ts";
import { withTemplates } from "../attributes/templates.ts";
import { keepNewObject } from "../keep-new-object.ts";
import { refuse } from "../refused.ts";
import { withDefaults } from "../rules/with-defaults.ts";
import type { KmipOperation } from "./kmip-operation.ts";

/** Makes a symmetric key. @see KMIP 2.1 section 6.1.11 */
export const create: KmipOperation<"Create"> = async (context, { objectType, attributes: given }) => {
  if (objectType !== ENUM.ObjectType.SymmetricKey) refuse("InvalidObjectType", "Create makes symmetric keys.");
  const attributes = withDefaults(context, objectType, withTemplates(context, given));
  const algorithm = findAttribute(attributes, "CryptographicAlgorithm");
  const length = findAttribute(attributes, "CryptographicLength");
  if (algorithm === undefined) refuse("InvalidField", "A key needs a Cryptographic Algorithm.");
  if (findAttribute(attributes, "CryptographicUsageMask") === undefined)
    refuse("InvalidField", "A key needs a Cryptographic Usage Mask.");
  const door = doorAlgorithm({ algorithm, length });
  assertQuantumSafe(attributes, door);
  const settings = settingsOf(context, attributes);
  const made = await context.operations.createObject(context.caller, {
    ...settings,
    ...door,
    attributes: { ...settings.attributes, ...saidOf({ algorithm, length }) },
  });
  return { objectType, uniqueIdentifier: keepNewObject(context, "Create", made) };
};
