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

/** A grant in plain words: "encrypt and decrypt with keys of group default". */
export function describeGrant({ ops, keys }: Grant): string {
  const what = joinWords(ops.map((operation) => WORDS[operation]));
  switch (keys.kind) {
    case "all":
      return `${what} with every key`;
    case "own":
      return `${what} with keys it made itself`;
    case "group":
      return `${what} with keys of group ${keys.id}`;
    case "key":
      return `${what} with key ${keys.id}`;
  }
}

/** "a", "a and b", "a, b and c". */
export function joinWords(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}
