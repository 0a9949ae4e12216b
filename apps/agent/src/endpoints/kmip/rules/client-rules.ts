import type { Attribute } from "@holdfast/kmip";
import type { AttributeBag } from "../../../keystore/records.ts";
import { attributesIn, bagWith } from "../attributes/bag.ts";
import { findObjectType } from "../attributes/object-types.ts";
import type { KmipSession } from "../kmip-answerer.ts";
import type { KmipContext } from "../kmip-context.ts";
import { refuse } from "../refused.ts";
import { assertPossible } from "./assert-possible.ts";

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

const NONE: ClientRules = { constraints: [], defaults: [] };
/** Rules of each kind, and attributes in all of them: every request of the client's is held against them. */
const MAX_RULES = 100;
const MAX_ATTRIBUTES = 500;

/** Rules that have been read, by the bag that they stand in: a bag never changes. */
const read = new WeakMap<AttributeBag, ClientRules>();

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
export function clientRules({ domain, caller }: KmipSession): ClientRules {
  return readRules(domain.operations.findClientRules(caller));
}

/**
 * Sets rules in place of those before, durably, and tells the batch how that is taken back. They bind what this client
 * makes and changes from now on, by KMIP, and nobody else.
 *
 * @throws as `Operations.setClientRules`; KmipRefusedError for a type that is not kept here, and as {@link assertPossible}
 */
export async function setClientRules(context: KmipContext, change: Partial<ClientRules>): Promise<void> {
  const rules = Object.values(change).flat();
  if (rules.length > MAX_RULES || rules.flatMap(({ attributes }) => attributes).length > MAX_ATTRIBUTES)
    refuse("InvalidField", "A client sets up to 100 constraints or defaults, of 500 attributes altogether.");
  for (const { objectTypes = [] } of rules)
    for (const type of objectTypes)
      if (findObjectType(type) === null) refuse("InvalidObjectType", "Objects of this type are not kept here.");
  assertPossible(context, change);
  const { domain, caller } = context.session;
  let before = NONE;
  const set = (parts: Partial<ClientRules>) =>
    domain.operations.setClientRules(caller, (kept) => {
      before = readRules(kept);
      return keptRules({ ...before, ...parts });
    });
  await set(change);
  const { constraints, defaults } = before;
  context.undoBy(() => set(change.constraints === undefined ? { defaults } : { constraints }));
}

/** Whether a rule is about objects of a type in one of these groups. */
export function isAbout({ objectTypes, objectGroups }: Rule, type: number, groups: readonly string[]): boolean {
  if (objectTypes !== undefined && !objectTypes.includes(type)) return false;
  return objectGroups === undefined || objectGroups.some((each) => groups.includes(each));
}

function readRules(kept: AttributeBag | null): ClientRules {
  if (kept === null) return NONE;
  const known = read.get(kept);
  if (known !== undefined) return known;
  const { constraints, defaults } = kept as unknown as Record<keyof ClientRules, KeptRule[]>;
  const rules = { constraints: constraints.map(readRule), defaults: defaults.map(readRule) };
  read.set(kept, rules);
  return rules;
}

function keptRules({ constraints, defaults }: ClientRules): AttributeBag {
  const kept = { constraints: constraints.map(keptRule), defaults: defaults.map(keptRule) };
  return kept as unknown as AttributeBag;
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
