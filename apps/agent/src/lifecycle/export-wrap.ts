import { allowsOperation, type Command, referredHash } from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import type { KeyRecord } from "../keystore/records.ts";
import type { ActInput } from "./act.ts";
import { sayingEffect } from "./change-attributes.ts";
import type { KeyEffect } from "./effect.ts";

/** A key that leaves, and the versions of it that do. */
export interface Leaving {
  readonly key: KeyRecord;
  readonly versions: readonly number[];
}

/**
 * export.wrap: keys leave wrapped for one recipient. Nothing of their state changes; each has an entry that says which
 * versions left and for whom.
 *
 * @throws {@link AdmissionError} as {@link leavingKeys}
 */
export function exportWrap(input: ActInput): KeyEffect[] {
  const { recipient, form, inside } = (input.command as Command<"export.wrap">).args;
  const { prepared } = input;
  const made = prepared?.act === "export.wrap" ? { export: prepared.hash } : {};
  return leavingKeys(input).map(({ key, versions }) => {
    const effect = sayingEffect(key, { attributes: { ...key.attributes, released: true } });
    const data = { ...effect.data, ...made, to: referredHash(recipient.key), form, inside, versions: [...versions] };
    return { ...effect, movesHead: false, data };
  });
}

/**
 * The keys that a command takes out, as they are now.
 *
 * @throws {@link AdmissionError} `E_PRESTATE` for a key that is not as the command says or may not leave in its state,
 *   `E_NOT_EXTRACTABLE`, `E_STATE_MAC`, `E_STATE_ROLLBACK`
 */
export function leavingKeys({ command, keystore }: Pick<ActInput, "command" | "keystore">): Leaving[] {
  const { keys, versions } = (command as Command<"export.wrap">).args;
  return keys.map(({ keyId, label, group, head }) => {
    const key = keystore.findKey(keyId);
    if (key === null) throw new AdmissionError("E_PRESTATE", "The command names no key of this domain.");
    if (key.locked) throw new AdmissionError(key.locked, undefined, { id: keyId });
    if (key.label !== label || key.group !== group)
      throw new AdmissionError("E_PRESTATE", `${label} has another name or group now.`);
    if (key.leaf !== head || key.scheduled !== null)
      throw new AdmissionError("E_PRESTATE", `${label} changed since this was proposed.`);
    if (!key.extractable) throw new AdmissionError("E_NOT_EXTRACTABLE", `${label} never leaves the key server.`);
    if (key.dates.archived !== undefined) throw new AdmissionError("E_PRESTATE", `${label} is archived.`);
    const leaving = key.versions
      .filter(({ version, state }) => (versions === "all" || version === key.current) && allowsOperation(state, "get"))
      .map(({ version }) => version);
    if (!allowsOperation(key.state, "get") || leaving.length === 0)
      throw new AdmissionError("E_PRESTATE", `${label} is ${key.state}.`, { state: key.state });
    return { key, versions: leaving };
  });
}
