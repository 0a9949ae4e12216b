import { GRANT_OPERATIONS, type GrantOperation, type GrantSelector } from "@holdfast/protocol";
import { CliError } from "./cli-error.ts";

/**
 * Reads `OP[,OP] on all|group:G|key:ID|own`.
 *
 * @throws {@link CliError} `E_USAGE` naming the word that does not fit.
 */
export function readGrant(text: string): { ops: GrantOperation[]; keys: GrantSelector } {
  const parts = /^\s*([a-z,\s]+?)\s+on\s+(\S+)\s*$/.exec(text);
  if (!parts) throw grantError(`"${text}" is not a grant.`);
  const ops = (parts[1] ?? "").split(",").map((word) => word.trim());
  for (const op of ops) {
    if (!isOperation(op))
      throw grantError(`"${op}" is no operation of a grant; they are ${GRANT_OPERATIONS.join(", ")}.`);
  }
  return { ops: [...new Set(ops)].filter(isOperation).sort(), keys: readSelector(parts[2] ?? "") };
}

/**
 * Reads several grants; two for the same keys would be read as one and as another.
 *
 * @throws {@link CliError} `E_USAGE`
 */
export function readGrants(texts: readonly string[]): ReturnType<typeof readGrant>[] {
  const grants = texts.map(readGrant);
  const selectors = grants.map((grant) => showGrant(grant).split(" on ")[1] ?? "");
  const twice = selectors.find((selector, at) => selectors.indexOf(selector) !== at);
  if (twice !== undefined) throw grantError(`Two grants are for ${twice}: write their operations as one.`);
  return grants;
}

/** A grant in the words it was given in. */
export function showGrant(grant: { ops: readonly string[]; keys: GrantSelector }): string {
  const selector = "id" in grant.keys ? `${grant.keys.kind}:${grant.keys.id}` : grant.keys.kind;
  return `${grant.ops.join(",")} on ${selector}`;
}

function readSelector(text: string): GrantSelector {
  if (text === "all" || text === "own") return { kind: text };
  if (text === "group") return { kind: "group", id: "default" };
  const [kind, id] = text.split(/:(.*)/s);
  if ((kind === "group" || kind === "key") && id) return { kind, id };
  throw grantError(`"${text}" does not select keys.`);
}

function isOperation(word: string): word is GrantOperation {
  return (GRANT_OPERATIONS as readonly string[]).includes(word);
}

function grantError(what: string): CliError {
  return new CliError(
    "E_USAGE",
    what,
    "Write it as 'encrypt,decrypt on group:default'; keys are all, group:NAME, key:ID or own.",
  );
}
