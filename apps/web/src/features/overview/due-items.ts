import type { KeyRow } from "../keys/key-row.ts";

/** Something that ends or comes about by itself. */
export interface DueItem {
  readonly label: string;
  readonly what: string;
  /** Unix seconds; null where use decides, and not the clock. */
  readonly at: number | null;
  readonly href: string;
  /** In place of a time, where there is none. */
  readonly left?: string;
  /** The command that an administrator can still stop. */
  readonly stop?: string;
}

/** What of a key decides what comes about with it. */
export type DueKey = Pick<KeyRow, "state" | "endsAt" | "planned" | "cryptoperiodSec" | "ownerClient" | "limitSpent"> & {
  readonly opensUntil: number | null;
};

/** What a schedule is about to do. */
const RUNS = {
  rotate: "rotates by its schedule",
  deactivate: "its schedule looks whether to retire it",
  notify: "its schedule reminds of it",
} as const;

const PLANS = [
  ["activation", "becomes active by itself"],
  ["protectStop", "protects nothing new from then on"],
  ["deactivation", "is retired by itself"],
] as const;

const STILL_PROTECTS: readonly string[] = ["pre-active", "active", "suspended"];

/** From this part of a usage limit on a key counts as due. */
const NEARLY_SPENT = 0.8;

/** What comes about with a key besides its destruction. @param now - Unix seconds: planned dates that have passed say nothing any more */
export function dueItemsOf(key: DueKey, now: number): Pick<DueItem, "what" | "at" | "left">[] {
  const { state, endsAt, planned, opensUntil } = key;
  const items: Pick<DueItem, "what" | "at" | "left">[] = [];
  const left = leftOf(key);
  if (left !== null && STILL_PROTECTS.includes(state)) items.push({ ...left, at: null });
  if (endsAt !== null && state === "active" && endsAt < protectsUntil(planned))
    items.push({ what: endText(key), at: endsAt });
  for (const [name, what] of PLANS) {
    const at = planned[name];
    const comes = name === "activation" ? state === "pre-active" : STILL_PROTECTS.includes(state);
    if (at !== undefined && at > now && comes) items.push({ what, at });
  }
  const runs = state === "active" ? (planned.schedules ?? []) : [];
  for (const { does, next } of runs.filter((run) => run.next < (planned.deactivation ?? Number.POSITIVE_INFINITY)))
    items.push({ what: RUNS[does], at: next });
  if (opensUntil !== null)
    items.push({ what: "what it protected longest ago opens no more from then on", at: opensUntil });
  return items;
}

/** Until when a key protects by what is planned for it, whatever its period: nobody need rotate it after that. */
function protectsUntil({ protectStop, deactivation }: DueKey["planned"]): number {
  return Math.min(protectStop ?? Number.POSITIVE_INFINITY, deactivation ?? Number.POSITIVE_INFINITY);
}

/** How much is left of a usage limit that is nearly spent; null of any other key. */
function leftOf({
  planned: { limit },
  limitSpent,
}: DueKey): (Pick<DueItem, "what"> & { readonly left: string }) | null {
  if (limit === undefined || limitSpent === null || limitSpent < limit.total * NEARLY_SPENT) return null;
  const percent = Math.floor(((limit.total - limitSpent) * 100) / limit.total);
  const what =
    limitSpent >= limit.total
      ? "usage limit is given out: it protects nothing more once that is used up"
      : "usage limit is nearly spent: it protects nothing more after it";
  return { what, left: `${percent} % left` };
}

/** What the end of a key's period asks for, and of whom. */
function endText({ ownerClient, planned, cryptoperiodSec }: DueKey): string {
  const stops =
    planned.originatorSec !== undefined && planned.originatorSec <= (cryptoperiodSec ?? planned.originatorSec);
  const end = stops ? "protects nothing from then on" : "cryptoperiod ends";
  return `${end}: rotate it${ownerClient === null ? "" : " in the product that holds it"}`;
}
