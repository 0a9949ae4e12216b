import type { Grant, GrantOperation } from "./grant.ts";

/** What is done with a key. */
const USES = {
  encrypt: "encrypt",
  decrypt: "decrypt",
  sign: "sign",
  verify: "verify",
  mac: "authenticate",
  wrap: "wrap keys",
  unwrap: "unwrap keys",
} as const;

/** What is done to a key. */
const CHANGES = { locate: "list", activate: "activate", revoke: "retire", destroy: "destroy" } as const;

const OTHERS: Readonly<Partial<Record<GrantOperation, (where: string) => string>>> = {
  attributes: (where) => `change the attributes of ${where}`,
  alias: (where) => `move the aliases of ${where}`,
  derive: (where) => `derive keys from ${where}`,
  get: (where) => `take the material of ${where} out`,
};

const MAKING = { create: "create", import: "import" } as const;

/** A grant in plain words, as what somebody may: "encrypt and decrypt with keys of group default; list and destroy them". */
export function describeGrant({ ops, keys }: Grant): string {
  const [which, again] = wordsOf(keys);
  if (ops.includes("all")) return `do everything with ${which}${exceptions(ops)}`;
  const uses = pick(USES, ops);
  const changes = pick(CHANGES, ops);
  const clauses = [
    ...(uses.length > 0 ? [(where: string) => `${joinWords(uses)} with ${where}`] : []),
    ...(changes.length > 0 ? [(where: string) => `${joinWords(changes)} ${where}`] : []),
    ...ops.flatMap((each) => OTHERS[each] ?? []),
  ];
  const making = pick(MAKING, ops);
  return [
    ...clauses.map((clause, index) => clause(index === 0 ? which : again)),
    ...(making.length > 0 ? [`${joinWords(making)} keys in ${placeOf(keys)}`] : []),
    ...(ops.includes("random") ? ["draw random bytes"] : []),
  ].join("; ");
}

/** Which keys, and how they are called when they were named before. */
function wordsOf(keys: Grant["keys"]): readonly [string, string] {
  switch (keys.kind) {
    case "all":
      return ["every key", "every key"];
    case "own":
      return ["keys it made itself", "them"];
    case "group":
      return [`keys of group ${keys.id}`, "them"];
    case "key":
      return [`key ${keys.id}`, "it"];
  }
}

/** Where keys come in: a client's own do in the group that everybody has, and a grant on one key names no group. */
function placeOf(keys: Grant["keys"]): string {
  switch (keys.kind) {
    case "all":
      return "every group";
    case "own":
      return "group default";
    case "group":
      return `group ${keys.id}`;
    case "key":
      return "no group";
  }
}

const APART = {
  get: "take material out",
  wrap: "wrap keys",
  derive: "derive keys",
  import: "import keys",
  alias: "move aliases",
} as const;

/** What is granted by name or not at all. */
function exceptions(ops: readonly GrantOperation[]): string {
  const not = Object.entries(APART).flatMap(([op, words]) => (ops.includes(op as GrantOperation) ? [] : [words]));
  if (not.length === 0) return "";
  return `, but not ${not.length === 1 ? not[0] : `${not.slice(0, -1).join(", ")} or ${not.at(-1)}`}`;
}

function pick(words: Readonly<Partial<Record<GrantOperation, string>>>, ops: readonly GrantOperation[]): string[] {
  return ops.flatMap((each) => words[each] ?? []);
}

/** "a", "a and b", "a, b and c". */
export function joinWords(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}
