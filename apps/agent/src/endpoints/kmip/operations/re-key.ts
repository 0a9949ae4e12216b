import type { Attribute } from "@holdfast/kmip";
import type { ReKey } from "../../../operations/new-object.ts";
import { bagOf, datesOf } from "../attributes/object-settings.ts";
import { withTemplates } from "../attributes/templates.ts";
import { keepNewObject } from "../keep-new-object.ts";
import type { KmipContext } from "../kmip-context.ts";
import type { KmipOperation } from "./kmip-operation.ts";

/** Makes a key that takes another one's place and names. @see KMIP 2.1 section 6.1.43 */
export const reKey: KmipOperation<"ReKey"> = async (context, { uniqueIdentifier, offset, attributes }) => {
  const { name } = context.object(uniqueIdentifier);
  const made = await context.operations.rekeyObject(context.caller, name, changeOf(context, attributes, offset));
  return { uniqueIdentifier: keepNewObject(context, "ReKey", made) };
};

/**
 * What a re-key changes besides the material. An offset says when the new key becomes active, counted from its making.
 */
export function changeOf(
  context: KmipContext,
  attributes: readonly Attribute[] | undefined,
  offset: number | undefined,
): ReKey {
  const given = withTemplates(context, attributes ?? []);
  const said = datesOf(given);
  const dates = offset === undefined ? said : { ...said, activation: context.now + offset };
  const bag = bagOf(given);
  return {
    ...(Object.keys(dates).length === 0 ? {} : { dates }),
    ...(Object.keys(bag).length === 0 ? {} : { attributes: bag }),
  };
}
