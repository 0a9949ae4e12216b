import type {
  AttributeBag,
  KeyDates,
  KeyRecord,
  KeyState,
  KeyUsage,
  LockReason,
  ObjectLink,
  ObjectName,
  ObjectType,
  UsageLimits,
} from "../keystore/records.ts";
import { stateAt } from "../lifecycle/due-steps.ts";

/** How much a key protects in all, and how much of that is left. */
export interface LimitsView {
  readonly unit: "byte" | "object";
  readonly total: number;
  readonly remaining: number;
}

/** All that a client may know about an object that it sees; never material. */
export interface ObjectView {
  readonly id: string;
  readonly type: ObjectType;
  readonly algorithm: string | null;
  readonly bits: number | null;
  readonly usage: readonly KeyUsage[];
  /** As of now: planned dates that are over have taken their effect. */
  readonly state: KeyState;
  readonly version: number;
  readonly group: string;
  readonly label: string;
  readonly aliases: readonly string[];
  readonly names: readonly ObjectName[];
  readonly links: readonly ObjectLink[];
  readonly foreign: readonly string[];
  readonly attributes: AttributeBag;
  readonly dates: KeyDates;
  /** Unix seconds of the last change of the object or of its attributes. */
  readonly changedAt: number;
  readonly limits: LimitsView | null;
  readonly origin: "made" | "registered";
  readonly extractable: boolean;
  /** Its material leaves wrapped or not at all. */
  readonly sensitive: boolean;
  readonly archived: boolean;
  /** Whether the asking client made or registered it. */
  readonly own: boolean;
  readonly kcv: string | null;
  readonly locked: LockReason | null;
}

/** Describes an object to a client. @param unspent - Of the key's limits: what is given out in this process and unused. */
export function objectView(key: KeyRecord, clientId: string, now: number, unspent = 0): ObjectView {
  const { id, type, algorithm, bits, usage, group, label, aliases, names, links, foreign, attributes } = key;
  const { dates, changedAt, origin, extractable, sensitive, owner, locked, current, limits } = key;
  return {
    ...{ id, type, algorithm, bits, usage, group, label, aliases, names, links, foreign, attributes },
    ...{ dates, changedAt, origin, extractable, sensitive, locked },
    state: stateAt(key, now),
    version: current,
    limits: limitsView(limits, unspent),
    archived: dates.archived !== undefined,
    own: owner.kind === "client" && owner.id === clientId,
    kcv: key.versions.find(({ version }) => version === current)?.kcv ?? null,
  };
}

/** What of a key's limit is left. @param unspent - What is given out of it in this process and not used. */
export function limitsView(limits: UsageLimits | null, unspent: number): LimitsView | null {
  if (limits === null) return null;
  const { unit, total, spent } = limits;
  return { unit, total, remaining: total - spent + unspent };
}
