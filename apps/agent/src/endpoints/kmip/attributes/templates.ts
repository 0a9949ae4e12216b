import type { Attribute } from "@holdfast/kmip";
import { TAG, type Ttlv, TYPE } from "@holdfast/kmip";
import type { AttributeBag } from "../../../keystore/records.ts";
import type { KmipContext } from "../kmip-context.ts";
import { refuse } from "../refused.ts";
import { attributesIn, bagWith } from "./bag.ts";

const OF_TEMPLATE = "template/";

/**
 * The attributes of a request with those of the templates that it names. What the request says itself comes first, what
 * a later template says before what an earlier one does.
 *
 * @throws as `Operations.describeObject`; KmipRefusedError for a name that is no template's
 * @see KMIP 1.4 section 2.1.8 (Template-Attribute Structures)
 */
export function withTemplates(context: KmipContext, given: readonly Attribute[]): readonly Attribute[] {
  const own = given.filter((each) => !isTemplateName(each));
  if (own.length === given.length) return given;
  const templates = given.filter(isTemplateName).map((each) => templateNamed(context, (each as { value: Ttlv }).value));
  const attributes = [...own];
  for (const template of templates.reverse()) {
    const said = new Set(attributes.map(keyOf));
    attributes.push(...template.filter((each) => !said.has(keyOf(each))));
  }
  return attributes;
}

function isTemplateName({ name, vendor, ...rest }: Attribute): boolean {
  return name === undefined && vendor === "" && (rest as { label?: string }).label === "Template";
}

function templateNamed({ operations, caller }: KmipContext, name: Ttlv): readonly Attribute[] {
  const value = name.type === TYPE.Structure ? name.value.find(({ tag }) => tag === TAG.NameValue) : undefined;
  if (value?.type !== TYPE.TextString) refuse("InvalidField", "A template is named by a Name Value.");
  const object = operations.describeObject(caller, value.value);
  if (object.type !== "template") refuse("ObjectNotFound", "There is no such template.");
  return attributesOfTemplate(object);
}

/** What a template says of the objects that are made with it. */
export function attributesOfTemplate({ attributes }: { readonly attributes: AttributeBag }): readonly Attribute[] {
  const kept = Object.entries(attributes).filter(([name]) => name.startsWith(OF_TEMPLATE));
  return attributesIn(Object.fromEntries(kept.map(([name, value]) => [name.slice(OF_TEMPLATE.length), value])));
}

/** The bag of a template that says this. */
export function templateBag(attributes: readonly Attribute[]): AttributeBag {
  const bag = bagWith(attributes);
  return Object.fromEntries(Object.entries(bag).map(([name, value]) => [OF_TEMPLATE + name, value]));
}

function keyOf(attribute: Attribute): string {
  return attribute.name ?? `${attribute.vendor}/${attribute.label}`;
}
