import type { KeyRecord } from "./key-row.ts";

/** Where a key came from, and what that means for who may have it. */
export function originText({ registered, type, current }: Pick<KeyRecord, "registered" | "type" | "current">): string {
  if (!registered) return "made in your key server";
  if (type === "public-key" || type === "certificate") return "registered; it holds no secret";
  return current === 1
    ? "registered: known to a former holder until it is re-keyed"
    : "version 1 was registered and is known to a former holder; later ones were made in your key server";
}

const PLANS = [
  ["activation", "it becomes active"],
  ["processStart", "from then on it opens and checks"],
  ["protectStop", "from then on it protects nothing new"],
  ["deactivation", "it is retired"],
  ["suspended", "suspended since: it opens nothing until it is resumed"],
  ["archived", "set aside since: nothing is done with it until its client takes it up again"],
] as const;

/** What comes about by itself, in the order of time. */
export function plannedText(planned: KeyRecord["planned"]): { readonly at: number; readonly text: string }[] {
  return PLANS.flatMap(([name, text]) => {
    const at = planned[name];
    return at === undefined ? [] : [{ at, text }];
  }).sort((one, other) => one.at - other.at);
}
