import { showCount, showNumber } from "../../components/number-text.ts";
import type { KeyRecord } from "./key-row.ts";

/** Where a key came from, and what that means for who may have it. */
export function originText(
  key: Pick<KeyRecord, "registered" | "type" | "current" | "knownVersion" | "inToken">,
): string {
  const { registered, type, knownVersion, inToken } = key;
  if (inToken) return "made in your key server's hardware token; it never leaves the token";
  if (!registered) return "made in your key server";
  if (type === "public-key" || type === "certificate") return "registered; it holds no secret";
  if (isKnown(key)) return "registered: known to a former holder until it is re-keyed";
  const earlier = knownVersion === 1 ? "version 1 was" : `versions to ${knownVersion} were`;
  return `${earlier} registered and ${knownVersion === 1 ? "is" : "are"} known to a former holder; later ones were made in your key server`;
}

/** Whether somebody who held it before knows what it protects with now. */
export function isKnown({
  type,
  current,
  knownVersion,
}: Pick<KeyRecord, "type" | "current" | "knownVersion">): boolean {
  return type !== "public-key" && type !== "certificate" && current <= knownVersion;
}

const PLANS = [
  ["activation", "Begins", "it becomes active"],
  ["processStart", "Opens", "from then on it opens and checks"],
  ["protectStop", "Stops", "from then on it protects nothing new"],
  ["deactivation", "Retired", "by itself"],
  ["suspended", "Suspended", "since then: it opens nothing until it is resumed"],
  ["archived", "Set aside", "since then: nothing is done with it until its client takes it up again"],
] as const;

/** What comes about by itself, in the order of time. */
export function plannedText(
  planned: KeyRecord["planned"],
): { readonly at: number; readonly what: string; readonly text: string }[] {
  return PLANS.flatMap(([name, what, text]) => {
    const at = planned[name];
    return at === undefined ? [] : [{ at, what, text }];
  }).sort((one, other) => one.at - other.at);
}

/** How much a key protects in all, and how much of that is left by its key server's account, in words; null without a limit. */
export function limitText({
  planned: { limit },
  limitSpent,
}: Pick<KeyRecord, "planned" | "limitSpent">): string | null {
  if (limit === undefined) return null;
  const all = `protects ${showCount(limit.total, limit.unit === "byte" ? "byte" : "time")}, then nothing more`;
  // Before a first use the key server writes down what it gives out: where nothing was written, nothing is.
  if (limitSpent === null) return `${all} · all of it left, by your key server's account`;
  if (limitSpent >= limit.total) return `${all} · the last of it is given out`;
  const left = `at least ${showNumber(limit.total - limitSpent)} left`;
  return `${all} · ${showNumber(limitSpent)} given out, ${left}, by your key server's account`;
}
