import type { Domain } from "../domain.ts";
import type { DoctorCheck } from "./answers.ts";
import { bad, good, warning } from "./check-words.ts";
import { escrowView } from "./escrow-routes.ts";

const DAY = 86_400;
/** A quarter and a month. */
const DRILL_SECONDS = 120 * DAY;

/** Whether custodians can open a backup, have shown that they can, and nobody else can any more. */
export function escrowChecks(domain: Domain): DoctorCheck[] {
  const { k, custodians, backups, reescrowDue } = escrowView(domain);
  if (custodians.length === 0) return [];
  const newest = backups.at(-1);
  if (newest === undefined || newest.reescrowDue)
    return [
      bad(
        "custodians",
        "No backup opens with the present custodians yet.",
        "Make one: `holdfast-agent backup create --out FILE`.",
      ),
    ];
  const late = custodians.filter(({ drilledAt }) => domain.guard.time() - (drilledAt ?? 0) > DRILL_SECONDS);
  const checks = [
    late.length === 0
      ? good(
          "custodians",
          `Any ${k} of ${custodians.length} custodians open backups, and all have shown that they can.`,
        )
      : warning(
          "custodians",
          `${late.map(({ label }) => label).join(", ")} proved no share in the last 120 days.`,
          "Hold a drill: `holdfast-agent backup drill FILE`.",
        ),
  ];
  if (reescrowDue === 0) return checks;
  return [
    ...checks,
    warning(
      "older backups",
      `${reescrowDue} older backups open with shares of earlier custodians.`,
      "Destroy those files where they lie; the newest backup is for the present ones.",
    ),
  ];
}
