import { deriveKeyId } from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import type { KeyOwner, KeyRecord } from "../keystore/records.ts";
import type { ActInput, MakeKey } from "./act.ts";
import type { KeyEffect } from "./effect.ts";

/** What a new key shall be: an item of key.create, or a client's request within its grant. */
export interface NewKey {
  readonly label: string;
  readonly algorithm: KeyRecord["algorithm"];
  readonly usage: KeyRecord["usage"];
  readonly group: string;
  readonly extractable: boolean;
  readonly cryptoperiodSec?: number;
  readonly alias?: string;
}

/**
 * key.create: makes all the keys of the command, or none. Their ids follow from the command's hash, so that no id can
 * be minted twice.
 *
 * @throws {@link AdmissionError} `E_PRESTATE` for an id or alias that exists
 */
export function createKeys(input: ActInput): KeyEffect[] {
  const { command, hash, keystore } = input;
  const items = (command.args as { items: readonly NewKey[] }).items;
  const aliases = new Set<string>();
  return items.map((item, index) => {
    if (item.alias !== undefined) {
      const taken =
        keystore.findKeyByAlias(item.alias, item.group) !== null || aliases.has(`${item.group}\n${item.alias}`);
      if (taken) throw new AdmissionError("E_PRESTATE", "The alias belongs to another key of the group.");
      aliases.add(`${item.group}\n${item.alias}`);
    }
    const id = deriveKeyId(hash, index);
    if (keystore.findKey(id)) throw new AdmissionError("E_PRESTATE", "The key exists already.", { id });
    return newKeyEffect(id, item, { kind: "domain" }, input);
  });
}

/** A key in its first state: one version, active. */
export function newKeyEffect(
  id: string,
  item: NewKey,
  owner: KeyOwner,
  { now, makeKey }: { now: number; makeKey: MakeKey },
): KeyEffect {
  const { label, group, algorithm, usage, extractable, alias, cryptoperiodSec } = item;
  const made = makeKey(id, 1, { algorithm, usage, extractable });
  const after: KeyRecord = {
    id,
    label,
    group,
    algorithm,
    usage,
    extractable,
    owner,
    aliases: alias === undefined ? [] : [alias],
    state: "active",
    current: 1,
    versions: [{ version: 1, state: "active", createdAt: now, kcv: made.kcv, commit: made.commit, leaf: 0 }],
    dates: { created: now, activated: now, ...(cryptoperiodSec === undefined ? {} : { cryptoperiodSec }) },
    scheduled: null,
    leaf: 0,
    rowLeaf: 0,
    locked: null,
  };
  const names = { label, ...(alias === undefined ? {} : { alias }) };
  return { on: "key", before: null, after, movesHead: true, created: made.handle, names };
}
