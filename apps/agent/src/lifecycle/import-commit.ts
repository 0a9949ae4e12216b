import { type Command, deriveKeyId, type ImportedKey, type KeyUsage, usageOfPart } from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import type { KeyRecord, VersionRecord } from "../keystore/records.ts";
import type { ActInput } from "./act.ts";
import { assertKeyName } from "./assert-name.ts";
import type { KeyEffect } from "./effect.ts";
import { type NewRecord, newRecordEffect } from "./new-record.ts";
import type { TakenIn } from "./transfers.ts";

/** An object that an import brings: its record, and from which item it comes. */
export interface PlannedImport {
  readonly record: NewRecord;
  readonly item: ImportedKey;
  /** Place of the item in the command. */
  readonly at: number;
}

/** Every object of an import, in the order of their entries: a private key, then its public key. */
export function plannedImports(items: readonly ImportedKey[], hash: string): PlannedImport[] {
  const planned: PlannedImport[] = [];
  for (const [at, item] of items.entries()) {
    const id = deriveKeyId(hash, planned.length);
    if (item.type !== "private-key") {
      planned.push({ record: recordOf(item, id, item.type, item.usage), item, at });
      continue;
    }
    const publicId = deriveKeyId(hash, planned.length + 1);
    const { alias: _, foreign: __, ...unnamed } = item;
    const privateKey = recordOf(item, id, "private-key", usageOfPart(item.usage, "private-key"));
    const publicKey = recordOf(unnamed, publicId, "public-key", usageOfPart(item.usage, "public-key"));
    planned.push(
      { record: { ...privateKey, links: [{ kind: "public-key", id: publicId }] }, item, at },
      { record: { ...publicKey, extractable: true, links: [{ kind: "private-key", id }] }, item, at },
    );
  }
  return planned;
}

/**
 * import.commit: all the keys that were sealed to one import, or none. They count as known to whoever held them.
 *
 * @throws {@link AdmissionError} `E_PRESTATE` for an id, alias or foreign name that exists, `E_ARGS` for versions of
 *   different sizes
 */
export function importCommit(input: ActInput): KeyEffect[] {
  const { command, hash, prepared, now } = input;
  const { items, import: importId } = (command as Command<"import.commit">).args;
  checkFree(items, input);
  const planned = plannedImports(items, hash);
  for (const { record } of planned) {
    if (input.keystore.findRecord(record.id)) throw new AdmissionError("E_PRESTATE", "The key exists already.");
  }
  if (prepared?.act !== "import.commit") return [];
  return planned.map(({ record }, at) => {
    const effect = importedEffect(record, prepared.taken.get(record.id) ?? [], now);
    return at === 0 ? { ...effect, data: { ...effect.data, import: importId } } : effect;
  });
}

/**
 * @throws {@link AdmissionError} `E_PRESTATE` for an alias or a foreign name that another object has, `E_ARGS` for a name that
 *   nobody could see, or that poses as an alias or id
 */
export function checkFree(items: readonly ImportedKey[], { keystore }: Pick<ActInput, "keystore">): void {
  for (const { alias, group, foreign = [], label } of items) {
    assertKeyName(label);
    if (alias !== undefined && keystore.findKeyByAlias(alias, group) !== null)
      throw new AdmissionError("E_PRESTATE", `The alias of ${label} belongs to another key of the group.`);
    if (foreign.some((each) => keystore.findKeyByForeignId(each) !== null))
      throw new AdmissionError("E_PRESTATE", `${label} is here already under its foreign name.`);
  }
}

function importedEffect(record: NewRecord, taken: TakenIn, now: number): KeyEffect {
  const newest = taken.at(-1);
  if (newest === undefined) throw new AdmissionError("E_IMPORT_OPEN");
  if (taken.some(({ made }) => made.bits !== newest.made.bits))
    throw new AdmissionError("E_ARGS", `The versions of ${record.label} differ in size.`);
  const effect = newRecordEffect(record, newest.made, now);
  const { state } = effect.after;
  const versions = taken.map(
    ({ version, made }): VersionRecord => ({
      ...{ version, createdAt: now, kcv: made.kcv, commit: made.commit, leaf: 0 },
      state: version === newest.version ? state : "deactivated",
    }),
  );
  const known = newest.version > 1 ? { known: newest.version } : {};
  const after: KeyRecord = { ...effect.after, ...known, current: newest.version, versions };
  const earlier = taken.slice(0, -1).map(({ version, made }) => ({ version, handle: made.handle }));
  return { ...effect, after, earlier };
}

function recordOf(
  item: Omit<ImportedKey, "alias" | "foreign"> & Pick<ImportedKey, "alias" | "foreign">,
  id: string,
  type: NewRecord["type"],
  usage: readonly KeyUsage[],
): NewRecord {
  const { label, algorithm, group, extractable, alias, foreign = [], cryptoperiodSec } = item;
  return {
    ...{ id, type, algorithm: algorithm ?? null, bits: null, origin: "registered", label, group, usage, extractable },
    ...{ owner: { kind: "domain" }, activation: "now", alias, foreign },
    ...(cryptoperiodSec === undefined ? {} : { dates: { cryptoperiodSec } }),
  };
}
