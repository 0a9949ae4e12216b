import type { Attribute } from "@holdfast/kmip";
import type { AttributeBag, AttributeValue } from "../../../keystore/records.ts";
import { OperationError } from "../../../operations/errors.ts";
import type { ObjectView } from "../../../operations/object-view.ts";
import { attributesIn, bagWith } from "../attributes/bag.ts";
import { findObjectType } from "../attributes/object-types.ts";
import type { KmipSession } from "../kmip-answerer.ts";
import { refuse } from "../refused.ts";

/** Attributes that are said of what a client makes: of objects of these types and groups, or of all. */
export interface Rule {
  readonly objectTypes?: readonly number[] | undefined;
  readonly objectGroups?: readonly string[] | undefined;
  readonly attributes: readonly Attribute[];
}

/** What a client has said of all that it makes. */
export interface ClientRules {
  /** What every new object must be like. @see KMIP 2.1 section 6.1.51 (Set Constraints) */
  readonly constraints: readonly Rule[];
  /** What new objects get where the request says nothing. @see KMIP 2.1 section 6.1.52 (Set Defaults) */
  readonly defaults: readonly Rule[];
}

/** The name in the bag of a client's rules: an object that has it is kept for them and is nothing else. */
export const RULES = "kmip-rules";

const NONE: ClientRules = { constraints: [], defaults: [] };
const LABEL = "KMIP constraints and defaults";

/** Rules in the form in which the bag keeps them. */
interface KeptRule {
  readonly types: readonly number[] | null;
  readonly groups: readonly string[] | null;
  readonly attributes: AttributeBag;
}

/**
 * The rules that the client has set for itself.
 *
 * @throws OperationError `E_STATE_MAC`, `E_STATE_ROLLBACK`: rules that cannot be believed are not taken for none
 */
export function clientRules(session: KmipSession): ClientRules {
  const kept = keptFor(session);
  if (kept === null) return NONE;
  const { constraints, defaults } = kept.attributes[RULES] as unknown as Record<keyof ClientRules, KeptRule[]>;
  return { constraints: constraints.map(readRule), defaults: defaults.map(readRule) };
}

/**
 * Sets rules in place of those before, durably. They bind what this client makes from now on, by KMIP, and nobody else.
 *
 * They are kept as an object of the client's, so it needs the grants `import` and `attributes`.
 *
 * @throws as `Operations.registerObject` and `Operations.changeAttributes`; KmipRefusedError for a type that is not kept here
 */
export async function setClientRules(session: KmipSession, change: Partial<ClientRules>): Promise<void> {
  for (const { objectTypes = [] } of Object.values(change).flat())
    for (const type of objectTypes)
      if (findObjectType(type) === null) refuse("InvalidObjectType", "Objects of this type are not kept here.");
  const { domain, caller } = session;
  const kept = keptFor(session);
  const rules = { ...clientRules(session), ...change };
  const attributes = { [RULES]: keptRules(rules) };
  if (kept !== null) {
    await domain.operations.changeAttributes(caller, kept.id, () => ({ attributes }));
    return;
  }
  await domain.operations.registerObject(caller, {
    ...{ type: "template", algorithm: null, usage: [], label: LABEL, attributes },
    names: [{ value: nameFor(session), kind: "text" }],
    material: { format: "raw", bytes: Buffer.from(LABEL) },
  });
}

/** Whether a rule is about objects of a type in one of these groups. */
export function isAbout({ objectTypes, objectGroups }: Rule, type: number, groups: readonly string[]): boolean {
  if (objectTypes !== undefined && !objectTypes.includes(type)) return false;
  return objectGroups === undefined || objectGroups.some((each) => groups.includes(each));
}

function keptFor(session: KmipSession): ObjectView | null {
  const found = session.domain.operations.findOwnNamed(session.caller, nameFor(session));
  if (found === null || found.attributes[RULES] === undefined) return null;
  if (found.locked !== null) throw new OperationError(found.locked, undefined, { keyId: found.id });
  return found;
}

function nameFor({ caller }: KmipSession): string {
  return `${RULES}/${caller.client.id}`;
}

function keptRules({ constraints, defaults }: ClientRules): AttributeValue {
  const kept = { constraints: constraints.map(keptRule), defaults: defaults.map(keptRule) };
  return kept as unknown as AttributeValue;
}

function keptRule({ objectTypes, objectGroups, attributes }: Rule): KeptRule {
  return { types: objectTypes ?? null, groups: objectGroups ?? null, attributes: bagWith(attributes) };
}

function readRule({ types, groups, attributes }: KeptRule): Rule {
  return {
    ...(types === null ? {} : { objectTypes: types }),
    ...(groups === null ? {} : { objectGroups: groups }),
    attributes: attributesIn(attributes),
  };
}
