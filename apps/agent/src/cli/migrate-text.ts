import type { MoveReport, ObjectReport } from "../migrate/migrate.ts";
import { table } from "./output.ts";

/** A move, or the plan of one, in words. */
export function migrateText(report: MoveReport): string {
  const { objects, from, version, applied, counts } = report;
  const rows = objects.map(({ id, type, names, state, outcome }) => [
    id,
    type,
    names.join(", ") || "-",
    state,
    outcome,
  ]);
  const found = `${objects.length} objects at ${from}, ${/^\d/.test(version) ? `KMIP ${version}` : version}.`;
  const listed = rows.length === 0 ? [] : [table(["IDENTIFIER", "TYPE", "NAMES", "STATE", "OUTCOME"], rows)];
  return [found, ...listed, ...notes(objects), summary(applied, counts, /^\d/.test(version))].join("\n\n");
}

function notes(objects: readonly ObjectReport[]): string[] {
  const lines = objects.flatMap(({ id, why, left, same }) => [
    ...(why === undefined ? [] : [`${id}: ${why}`]),
    ...(left.length === 0 ? [] : [`${id}: without ${left.join(", ")}`]),
    ...(same === false ? [`${id}: this agent's digest is not that of the bytes that came`] : []),
  ]);
  return lines.length === 0 ? [] : [lines.join("\n")];
}

const KNOWN = "they count as known to a former holder until they are re-keyed";

function summary(
  applied: boolean,
  { moves, moved, here, stays, failed }: MoveReport["counts"],
  isKmip: boolean,
): string {
  if (!applied) {
    const refused = failed === 0 ? "" : ` ${failed} would not be taken here, for the reasons above.`;
    const plan = `${moves} would be moved, ${here} are here already, ${stays} cannot be moved.${refused}`;
    return `${plan}\nNothing was changed, and no key material was asked for. Run it again with --apply.`;
  }
  const done = `${moved} moved, ${here} were here already, ${stays} cannot be moved, ${failed} were not taken.`;
  const next =
    failed > 0
      ? "Run it again when the reasons are removed: it goes on where it was."
      : isKmip
        ? `Point the application at this agent with its new certificate. The keys stay at the old server until you destroy them there; ${KNOWN}.`
        : `They are found here under the names that they had. They stay where they came from until you destroy them there; ${KNOWN}.`;
  return `${done}\n${next}`;
}
