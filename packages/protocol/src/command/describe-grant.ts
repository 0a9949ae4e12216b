import type { Grant, GrantOperation } from "./grant.ts";

const WORDS: Readonly<Record<GrantOperation, string>> = {
  create: "create keys",
  get: "take key material out",
  locate: "list keys",
  encrypt: "encrypt",
  decrypt: "decrypt",
  sign: "sign",
  verify: "verify",
  mac: "authenticate",
  wrap: "wrap keys",
  unwrap: "unwrap keys",
  derive: "derive keys",
  random: "draw random bytes",
  attributes: "change attributes",
  alias: "move aliases",
  import: "import keys",
  activate: "activate keys",
  revoke: "retire keys",
  destroy: "destroy keys",
  all: "do everything but take out, wrap, derive, import and alias",
};

/** What is done with a key; everything else is done about keys, or with none. */
const WITH_A_KEY: ReadonlySet<GrantOperation> = new Set(["encrypt", "decrypt", "sign", "verify", "mac", "all"]);

/** A grant in plain words: "encrypt and decrypt with keys of group default", "encrypt and list keys in group default". */
export function describeGrant({ ops, keys }: Grant): string {
  const what = joinWords(ops.map((operation) => WORDS[operation]));
  const isUse = ops.every((operation) => WITH_A_KEY.has(operation));
  switch (keys.kind) {
    case "all":
      return `${what} ${isUse ? "with every key" : "in every group"}`;
    case "own":
      return `${what} ${isUse ? "with" : "among"} keys it made itself`;
    case "group":
      return `${what} ${isUse ? "with keys of" : "in"} group ${keys.id}`;
    case "key":
      return `${what} with key ${keys.id}`;
  }
}

/** "a", "a and b", "a, b and c". */
export function joinWords(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}
