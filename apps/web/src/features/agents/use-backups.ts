"use client";
import { useAgentList } from "./use-agents.ts";

/** How backups stand in the environment, by its key servers' word. */
export interface Backups {
  /** Null until it is known. */
  readonly unbacked: number | null;
  readonly newestAt: number | null;
  /** To how many places they are made by themselves; 0: by hand only. */
  readonly places: number;
  /** Places that fail, in words; empty while none does. */
  readonly failing: readonly { readonly agent: string; readonly what: string }[];
}

/** Every key server of an environment holds all its keys: what one has backed up is backed up. */
export function useBackups(): Backups {
  const { rows } = useAgentList();
  const known = rows.filter(({ unbacked }) => unbacked !== null);
  const newest = known.reduce<number | null>(
    (last, { backupAt }) => (backupAt === null ? last : Math.max(last ?? 0, backupAt)),
    null,
  );
  return {
    unbacked: known.length === 0 ? null : Math.min(...known.map(({ unbacked }) => unbacked ?? 0)),
    newestAt: newest,
    places: known.reduce((most, { backupPlaces }) => Math.max(most, backupPlaces ?? 0), 0),
    failing: rows.flatMap(({ name, backupFailing }) =>
      backupFailing === null ? [] : [{ agent: name, what: backupFailing }],
    ),
  };
}
