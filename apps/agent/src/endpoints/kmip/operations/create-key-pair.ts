import { type Attribute, ENUM, findAttribute } from "@holdfast/kmip";
import type { ObjectPair } from "../../../operations/create-object.ts";
import type { ObjectSettings } from "../../../operations/new-object.ts";
import { doorAlgorithm, type KmipAlgorithm, saidOf } from "../attributes/key-algorithms.ts";
import { assertQuantumSafe, settingsOf } from "../attributes/object-settings.ts";
import { withTemplates } from "../attributes/templates.ts";
import { undoByDestroying } from "../keep-new-object.ts";
import type { KmipContext } from "../kmip-context.ts";
import { identifierOfObject } from "../object-identifier.ts";
import { refuse } from "../refused.ts";
import { withDefaults } from "../rules/with-defaults.ts";
import type { KmipOperation } from "./kmip-operation.ts";

/** Makes a private and a public key. @see KMIP 2.1 section 6.1.12 */
export const createKeyPair: KmipOperation<"CreateKeyPair"> = async (context, payload) => {
  const common = withTemplates(context, payload.commonAttributes ?? []);
  const said = (own: readonly Attribute[] | undefined, type: number): readonly Attribute[] =>
    withDefaults(context, type, merged(common, withTemplates(context, own ?? [])));
  const ofPrivate = said(payload.privateKeyAttributes, ENUM.ObjectType.PrivateKey);
  const ofPublic = said(payload.publicKeyAttributes, ENUM.ObjectType.PublicKey);
  const algorithm = findAttribute(ofPrivate, "CryptographicAlgorithm");
  if (algorithm === undefined) refuse("InvalidField", "A key pair needs a Cryptographic Algorithm.");
  const length = findAttribute(ofPrivate, "CryptographicLength");
  const curve = findAttribute(ofPrivate, "CryptographicDomainParameters")?.recommendedCurve;
  const door = doorAlgorithm({ algorithm, length, curve });
  assertQuantumSafe([...ofPrivate, ...ofPublic], door);
  const pair = await context.operations.createPair(context.caller, {
    ...door,
    privateKey: withSaid(settingsOf(context, ofPrivate), { algorithm, length }),
    publicKey: withSaid(settingsOf(context, ofPublic), { algorithm, length }),
  });
  return keepPair(context, "CreateKeyPair", pair);
};

function withSaid(settings: ObjectSettings, said: KmipAlgorithm): ObjectSettings {
  return { ...settings, attributes: { ...settings.attributes, ...saidOf(said) } };
}

/** Tells the batch of a new key pair, and names its keys. */
export function keepPair(
  context: KmipContext,
  operation: "CreateKeyPair" | "ReKeyKeyPair",
  { privateKey, publicKey }: ObjectPair,
): { readonly privateKeyUniqueIdentifier: string; readonly publicKeyUniqueIdentifier: string } {
  const names = { privateKey: identifierOfObject(privateKey), publicKey: identifierOfObject(publicKey) };
  context.ids.keep(operation, names.privateKey, {
    [`${operation}PrivateKey`]: names.privateKey,
    [`${operation}PublicKey`]: names.publicKey,
  });
  undoByDestroying(context, names.privateKey, privateKey);
  undoByDestroying(context, names.publicKey, publicKey);
  return { privateKeyUniqueIdentifier: names.privateKey, publicKeyUniqueIdentifier: names.publicKey };
}

/** What is said of one of the two keys goes before what is said of both. */
function merged(common: readonly Attribute[], own: readonly Attribute[]): readonly Attribute[] {
  const said = new Set(own.map(keyOf));
  return [...own, ...common.filter((each) => !said.has(keyOf(each)))];
}

function keyOf(attribute: Attribute): string {
  return attribute.name ?? `${attribute.vendor}/${attribute.label}`;
}
