import { type Attribute, findAttributes } from "@holdfast/kmip";
import { bagName } from "../attributes/bag.ts";
import type { KmipContext } from "../kmip-context.ts";
import { clientRules, isAbout } from "./client-rules.ts";

/**
 * The attributes of a request with the defaults that its client has set for objects of this type, for what the request says
 * nothing of. What a later default says goes before what an earlier one does.
 *
 * @see KMIP 2.1 section 6.1.52 (Set Defaults)
 */
export function withDefaults(
  context: KmipContext,
  objectType: number,
  given: readonly Attribute[],
): readonly Attribute[] {
  const { defaults } = clientRules(context.session);
  if (defaults.length === 0) return given;
  const groups = findAttributes(given, "ObjectGroup");
  const attributes = [...given];
  const said = new Set(given.map(bagName));
  for (const rule of [...defaults].reverse()) {
    if (!isAbout(rule, objectType, groups)) continue;
    const unsaid = rule.attributes.filter((each) => !said.has(bagName(each)));
    for (const each of unsaid) said.add(bagName(each));
    attributes.push(...unsaid);
  }
  return attributes;
}
