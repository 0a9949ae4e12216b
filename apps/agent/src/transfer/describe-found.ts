import { type ImportedKey, type KeyUsage, usualUsage } from "@holdfast/protocol";
import type { FoundKey } from "./found-key.ts";

/** What whoever brings keys in says of all of them; what a list says of one goes before it. */
export interface ImportSettings {
  readonly name?: string | undefined;
  readonly usage?: readonly string[] | undefined;
  readonly group: string;
  readonly extractable: boolean;
  readonly alias?: string | undefined;
  readonly foreign?: readonly string[] | undefined;
  readonly cryptoperiodSec?: number | undefined;
}

/** What is said of a found key when it is sealed. @param place - Which of its file it is, and whether it comes alone. */
export function describeFound(
  found: FoundKey,
  settings: ImportSettings,
  place: { readonly at: number; readonly of: number; readonly file: string; readonly alone: boolean },
): ImportedKey {
  const { type, algorithm } = found;
  const { name, group, extractable, alias, foreign, cryptoperiodSec } = settings;
  const numbered = place.of === 1 ? "" : ` ${place.at + 1}`;
  const usage = found.usage ?? settings.usage ?? (algorithm === null ? [] : usualUsage(algorithm));
  const names = found.foreign ?? (place.alone ? foreign : undefined);
  const aliased = found.alias ?? (place.alone ? alias : undefined);
  return {
    label: (place.alone ? name : undefined) ?? (found.label?.trim() || null) ?? `${name ?? place.file}${numbered}`,
    type,
    ...(algorithm === null ? {} : { algorithm }),
    format: type === "private-key" ? "pkcs8" : "raw",
    usage: usage as readonly KeyUsage[],
    group: found.group ?? group,
    extractable: found.extractable ?? extractable,
    ...(aliased === undefined ? {} : { alias: aliased }),
    ...(names === undefined || names.length === 0 ? {} : { foreign: names }),
    ...(cryptoperiodSec === undefined ? {} : { cryptoperiodSec }),
  };
}
