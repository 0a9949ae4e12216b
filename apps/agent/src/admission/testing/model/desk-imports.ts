import {
  type CanonicalObject,
  encodeSealedImport,
  type ImportedKey,
  type ImportOffer,
  parseSealedImport,
} from "@holdfast/protocol";
import { sealKeys } from "../../../transfer/seal-keys.ts";
import type { SEALED_HOWS } from "./history.ts";
import type { ModelSealed } from "./model-imports.ts";
import type { ModelImportedKey, ModelState } from "./model-state.ts";

const OTHER = "A".repeat(43);

/** Keys that somebody holds and brings. */
export function keysToBring(pick: number, many: boolean): ModelImportedKey[] {
  const item = (at: number): ModelImportedKey => ({
    ...{ label: `brought ${at}`, type: "symmetric-key", algorithm: "AES-256", format: "raw" },
    ...{ usage: ["encrypt", "decrypt"], group: at % 2 === 0 ? "default" : "archive", extractable: at % 5 === 4 },
    ...(at % 3 === 2 ? { alias: "alias/main" } : {}),
    ...(at % 4 === 1 ? { foreign: [`vault:transit/${at % 3}`] } : {}),
    ...(at % 4 === 3 ? { versions: [1, 2] } : {}),
  });
  return many ? [item(pick), item(pick + 1)] : [item(pick)];
}

/** Keys sealed to an offer, rightly or not, with what the model has to know of them. */
export async function seal(
  offers: readonly [ImportOffer, ImportOffer],
  { how, pick, many }: { readonly how: (typeof SEALED_HOWS)[number]; readonly pick: number; readonly many: boolean },
): Promise<{ readonly bytes: Uint8Array; readonly model: ModelSealed }> {
  const [offer, other] = offers;
  const { importId } = offer;
  const items = keysToBring(pick, many);
  const material = (at: number) => Buffer.alloc(32, how === "all the same" ? 7 : Buffer.from([at + 1, pick, 200]));
  const keys = items.map((key) => ({
    key: key as ImportedKey,
    versions: (key.versions ?? [1]).map((_, at) => material(at)),
  }));
  const honest = await sealKeys({ ...(how === "another import" ? other : offer), most: 1000 }, keys);
  const parsed = parseSealedImport(honest);
  const bent = (change: object) => encodeSealedImport({ ...parsed, importId, ...change });
  const fault = how === "all the same" ? "E_IMPORT_WEAK" : how === "honest" ? null : "E_IMPORT_OPEN";
  const said = { importId, items, fault } as const;
  if (how === "another import") {
    if (other.importId === importId) return { bytes: honest, model: { ...said, fault: null } };
    return { bytes: bent({}), model: said };
  }
  if (how === "said otherwise") {
    const changed = items.map((each) => ({ ...each, extractable: !each.extractable }));
    const parts = parsed.items.map((each, at) => ({ ...each, key: changed[at] as ImportedKey }));
    return { bytes: bent({ items: parts }), model: { ...said, items: changed } };
  }
  if (how === "swapped") {
    const [one, two = one] = parsed.items;
    if (one === undefined || two === undefined || one === two || one.parts.length !== two.parts.length)
      return { bytes: honest, model: { ...said, fault: null } };
    const swapped = [
      { ...one, parts: two.parts },
      { ...two, parts: one.parts },
    ];
    return { bytes: bent({ items: swapped }), model: said };
  }
  return { bytes: honest, model: said };
}

/** Arguments of import.commit about something that was introduced, or about nothing. */
export function commitArgs({ introductions, imports }: ModelState, pick: number) {
  const all = [...introductions].reverse();
  const [hash, sealed] = all[pick < 9 ? 0 : pick % Math.max(1, all.length)] ?? [
    OTHER,
    { importId: OTHER, items: keysToBring(pick, false) },
  ];
  const others = [...imports.keys()].filter((each) => each !== sealed.importId);
  const items =
    pick === 8 ? sealed.items.map((each) => ({ ...each, extractable: !each.extractable })) : [...sealed.items];
  const importId = pick === 7 ? (others.at(-1) ?? OTHER) : sealed.importId;
  return { import: importId, sealed: `intro:${hash}`, items: items as unknown as CanonicalObject[] };
}
