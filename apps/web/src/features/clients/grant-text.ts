const WORDS: Readonly<Record<string, string>> = {
  locate: "list keys",
  random: "random bytes",
  create: "make keys",
  import: "bring keys",
  get: "take keys out",
  mac: "authenticate",
  wrap: "wrap keys",
  unwrap: "unwrap keys",
  derive: "derive keys",
  attributes: "describe keys",
  alias: "give aliases",
  activate: "activate keys",
  revoke: "retire keys",
  destroy: "destroy keys",
  all: "everything but taking out, bringing, wrapping, deriving and aliases",
};

/** A grant in words: `encrypt, decrypt on group default`. */
export function grantText(grant: {
  readonly ops: readonly string[];
  readonly keys: { readonly kind: string; readonly id?: string };
}): string {
  return `${operationsText(grant.ops)} on ${selectorText(grant.keys)}`;
}

/** Operations as a person says them. */
export function operationsText(ops: readonly string[]): string {
  return ops.map((op) => WORDS[op] ?? op).join(", ");
}

function selectorText(keys: { readonly kind: string; readonly id?: string }): string {
  if (keys.kind === "all") return "every key";
  if (keys.kind === "own") return "keys it made itself";
  return `${keys.kind} ${keys.id ?? ""}`;
}
