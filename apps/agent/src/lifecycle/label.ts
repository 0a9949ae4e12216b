import { AdmissionError } from "../admission/errors.ts";
import { type ActInput, targetKey } from "./act.ts";
import type { KeyEffect } from "./effect.ts";

/**
 * key.label: another name to show. Labels address nothing and grant nothing.
 *
 * @throws {@link AdmissionError} `E_PRESTATE` for a destroyed key
 */
export function label(input: ActInput): KeyEffect[] {
  const before = targetKey(input);
  if (before.state.startsWith("destroyed"))
    throw new AdmissionError("E_PRESTATE", "The key is destroyed.", { state: before.state });
  const { label: name } = input.command.args as { label: string };
  return [{ on: "key", before, after: { ...before, label: name }, movesHead: false, names: { label: name } }];
}
