import { unbackedKeys } from "../backup/unbacked-keys.ts";
import type { Domain } from "../domain.ts";

const MOST_CHARACTERS = 512;

/** How backups stand, as the dashboard shows it: numbers, and names that the policy gives its destinations. */
export function backupWord({ index, backups }: Pick<Domain, "index" | "backups">) {
  const places = backups.places();
  const failing = places.filter((place) => place.failing !== null);
  const words = failing.map(({ to, failing: trouble }) => (trouble?.fault ? `${to.name} (${trouble.fault})` : to.name));
  return {
    unbacked: unbackedKeys({ index, backups }),
    backupAt: backups.newest()?.at ?? null,
    backupPlaces: places.length === 0 ? null : places.length,
    backupFailing: failing.length === 0 ? null : words.join(", ").slice(0, MOST_CHARACTERS),
  };
}
