import type { ObjectTypeName } from "../objects/managed-object.ts";
import { ATTRIBUTE_RULE_TABLE } from "../tags/attribute-rule-table.ts";
import { type KmipVersion, versionIndex } from "../version.ts";
import type { AttributeName } from "./attribute-table.ts";

/** Yes, no, or on a condition that the specification words (state, date, who set it). */
export type Permission = "yes" | "no" | "conditional";

/**
 * What the specification allows with an attribute, as its tables say it. They count what a request to make an object
 * asks for (algorithm, length) as set by the server.
 *
 * @see KMIP 1.4 section 3, KMIP 2.1 section 4
 */
export interface AttributeRule {
  readonly alwaysHasValue: Permission;
  readonly setByServer: boolean;
  readonly setByClient: boolean;
  readonly modifiableByServer: Permission;
  readonly modifiableByClient: Permission;
  readonly deletableByClient: Permission;
  readonly multipleInstances: Permission;
  /** The kinds of objects that may have it; null for all. */
  readonly appliesTo: readonly ObjectTypeName[] | null;
}

const PERMISSION: Readonly<Record<string, Permission>> = { y: "yes", n: "no", c: "conditional" };
const OBJECT: Readonly<Record<string, ObjectTypeName>> = {
  C: "Certificate",
  Y: "SymmetricKey",
  U: "PublicKey",
  R: "PrivateKey",
  S: "SplitKey",
  D: "SecretData",
  P: "PGPKey",
  O: "OpaqueObject",
  T: "Template",
};

function parseRule(letters: string, objects: string): AttributeRule {
  const permission = (at: number): Permission => PERMISSION[letters.charAt(at)] ?? "no";
  return {
    alwaysHasValue: permission(0),
    setByServer: letters.charAt(1) !== "c",
    setByClient: letters.charAt(1) !== "s",
    modifiableByServer: permission(2),
    modifiableByClient: permission(3),
    deletableByClient: permission(4),
    multipleInstances: permission(5),
    appliesTo: objects === "*" ? null : [...objects].flatMap((letter) => OBJECT[letter] ?? []),
  };
}

let rules: ReadonlyMap<string, readonly { readonly versions: number; readonly rule: AttributeRule }[]> | undefined;

function parseTable(): NonNullable<typeof rules> {
  const made = new Map<string, { versions: number; rule: AttributeRule }[]>();
  for (const line of ATTRIBUTE_RULE_TABLE.trim().split("\n")) {
    const [name = "", versions = "", letters = "", objects = ""] = line.split(" ");
    const entry = { versions: Number.parseInt(versions, 16), rule: parseRule(letters, objects) };
    made.set(name, [...(made.get(name) ?? []), entry]);
  }
  return made;
}

/** The rule of an attribute in a version, or null when the version does not have the attribute. */
export function attributeRule(version: KmipVersion, name: AttributeName): AttributeRule | null {
  rules ??= parseTable();
  const bit = 1 << versionIndex(version);
  return rules.get(name)?.find(({ versions }) => (versions & bit) !== 0)?.rule ?? null;
}
