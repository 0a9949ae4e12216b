import { describeGrant } from "@holdfast/protocol";
import type { ClientRow } from "./client-row.ts";

const WORDS: Readonly<Record<string, string>> = {
  locate: "list keys",
  random: "random bytes",
  create: "make keys",
  import: "bring keys",
  get: "take keys out",
  mac: "authenticate",
  verifymac: "check authentication",
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

/** What a grant permits, in the words of the approval page: "encrypt and decrypt with keys of group default". */
export function grantText({ ops, keys }: ClientRow["grants"][number]): string {
  return describeGrant({ ops: [...ops], keys });
}

/** Operations as a person says them. */
export function operationsText(ops: readonly string[]): string {
  return ops.map((op) => WORDS[op] ?? op).join(", ");
}
