import type { Act } from "../command/acts.ts";
import type { PolicyRule } from "./roster.ts";

const HOUR = 3600;
const DAY = 24 * HOUR;

/** Longest life of a command: 72 hours, and 24 for destroying and exporting. */
export const MAX_TTL_SECONDS = 72 * HOUR;
const SHORT_TTL_SECONDS = DAY;
const LINK_TTL_SECONDS = 7 * DAY;

/** How long a destroy waits, so that any administrator can still cancel it. */
export const DESTROY_DELAY_SECONDS = DAY;
/** How long a link that does not only tighten waits. */
export const LINK_DELAY_SECONDS = DAY;
/** How long a recovery waits. */
export const RECOVERY_DELAY_SECONDS = 259_200;
/** Bounds of that wait: never so short that nobody sees it, nor so long that a thief shuts the owners out by it. */
export const RECOVERY_DELAY_BOUNDS = { least: DAY, most: 30 * DAY } as const;
/** How long a genesis is good for: 400 days. */
export const ROSTER_LIFE_SECONDS = 400 * DAY;
/** How long after its issue a link may still be accepted. */
export const ACCEPT_WINDOW_SECONDS = 7 * DAY;
/** The longest delay that a rule may ask for: who raises one cannot put off its undoing for years. */
export const MAX_RULE_DELAY_SECONDS = 30 * 86_400;

/** Acts that one administrator may always do alone. */
const ALONE: readonly Act[] = [
  "key.create",
  "key.activate",
  "key.rotate",
  "key.label",
  "key.suspend",
  "key.deactivate",
  "key.compromise",
  "client.revoke",
  "schedule.clear",
  "domain.lock",
];

/**
 * The policy a new domain begins with.
 *
 * @param administrators - How many there are; `local` for a domain with a local administrator, which has no delays.
 * @see docs/spec/roster.md
 */
export function defaultPolicy(administrators: number | "local"): PolicyRule[] {
  if (administrators === "local") {
    return [rule("*", 1, 0, MAX_TTL_SECONDS), rule("roster.update", 1, 0, LINK_TTL_SECONDS)];
  }
  const m = administrators > 1 ? 2 : 1;
  return [
    rule("*", m, 0, MAX_TTL_SECONDS),
    rule("roster.update", m, LINK_DELAY_SECONDS, LINK_TTL_SECONDS),
    rule("key.destroy", m, DESTROY_DELAY_SECONDS, SHORT_TTL_SECONDS),
    rule("export.wrap", m, 0, SHORT_TTL_SECONDS),
    ...(m > 1 ? ALONE.map((act) => rule(act, 1, 0, MAX_TTL_SECONDS)) : []),
  ];
}

function rule(act: PolicyRule["act"], m: number, delaySec: number, maxTtlSec: number): PolicyRule {
  return { act, m, delaySec, maxTtlSec };
}
