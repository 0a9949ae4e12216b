import { AdmissionError } from "../admission/errors.ts";
import { type ActInput, targetKey } from "./act.ts";
import type { KeyEffect } from "./effect.ts";
import { stateAfter } from "./step-key.ts";

/**
 * key.group: the key belongs to another group, and so to other grants.
 *
 * @throws {@link AdmissionError} `E_PRESTATE` for a destroyed key, or where the new group has one of its aliases
 */
export function changeGroup(input: ActInput): KeyEffect[] {
  const before = targetKey(input);
  stateAfter(before.state, "key.group");
  const { group } = input.command.args as { group: string };
  if (group === before.group) return [{ on: "key", before, after: before, movesHead: false }];
  for (const alias of before.aliases) {
    if (input.keystore.findKeyByAlias(alias, group) !== null)
      throw new AdmissionError("E_PRESTATE", "The alias belongs to another key of the group.");
  }
  return [{ on: "key", before, after: { ...before, group }, movesHead: true }];
}
