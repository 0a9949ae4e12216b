import type { ArgsOf } from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import { type ActInput, targetKey } from "./act.ts";
import { assertKeyName } from "./assert-name.ts";
import type { KeyEffect } from "./effect.ts";

/**
 * key.label: another name to show, and another alias, or none, where the command says so. Labels address nothing; an alias
 * finds the key for who may use it anyway.
 *
 * @throws {@link AdmissionError} `E_PRESTATE` for a destroyed key, or an alias that another key of the group has; `E_ARGS` for a
 *   new name that nobody could see, or that poses as an alias or id
 */
export function label(input: ActInput): KeyEffect[] {
  const before = targetKey(input);
  if (before.state.startsWith("destroyed"))
    throw new AdmissionError("E_PRESTATE", "The key is destroyed.", { state: before.state });
  const { label: name, alias, unalias } = input.command.args as ArgsOf<"key.label">;
  if (name !== before.label) assertKeyName(name);
  const holder = alias === undefined ? null : input.keystore.findKeyByAlias(alias, before.group);
  if (holder !== null && holder.id !== before.id)
    throw new AdmissionError("E_PRESTATE", "The alias belongs to another key of the group.");
  const aliases = unalias === true ? [] : alias === undefined ? before.aliases : [alias];
  const after = { ...before, label: name, aliases };
  const [kept] = aliases;
  // Whoever reads the log learns the names from the newest such entry alone.
  const said =
    kept === undefined ? { names: { label: name }, data: { unalias: true } } : { names: { label: name, alias: kept } };
  return [{ ...{ on: "key", before, after, movesHead: false }, ...said }];
}
