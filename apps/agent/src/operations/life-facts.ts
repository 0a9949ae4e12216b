import { periodEnds } from "@holdfast/protocol";
import type { AttributeValue, KeyRecord } from "../keystore/records.ts";
import type { LimitsView } from "./object-view.ts";

const DAY = 86_400;

/** When a key's use ends by itself, Unix seconds; null where it does not. Periods are durations of ISO 8601. */
export interface LifeFacts {
  /** After which it is due to rotate; nothing stops. */
  readonly cryptoperiod: string | null;
  /** How long each version protects. */
  readonly originatorPeriod: string | null;
  /** How long each version opens, from the same beginning. */
  readonly recipientPeriod: string | null;
  /** From then on the current version protects nothing. */
  readonly originatorEnd: number | null;
  /** From then on the current version opens nothing. */
  readonly recipientEnd: number | null;
  /** When it is to be rotated: the first of those that name a time. */
  readonly rotationDue: number | null;
  /** Since when it is suspended, also where it was retired or exposed since. */
  readonly suspended: number | null;
  /** When it becomes active by itself, or did. */
  readonly activation: number | null;
  /** From then on it protects nothing new. */
  readonly protectStop: number | null;
  /** When it is retired by itself. */
  readonly deactivation: number | null;
  /** How much it protects in all, and how much of that is left. */
  readonly limit: LimitsView | null;
}

/** What the dates of a key mean for its current version. */
export function lifeFacts(
  { dates, state, limits }: Pick<KeyRecord, "dates" | "state"> & { readonly limits: LimitsView | null },
  versionCreatedAt: number,
): LifeFacts {
  const ends = periodEnds(dates, versionCreatedAt);
  return {
    cryptoperiod: durationOf(dates.cryptoperiodSec),
    originatorPeriod: durationOf(dates.originatorSec),
    recipientPeriod: durationOf(dates.recipientSec),
    originatorEnd: ends.originator ?? null,
    recipientEnd: ends.recipient ?? null,
    rotationDue: state === "active" ? (ends.due ?? null) : null,
    suspended: dates.suspended ?? null,
    activation: dates.activation ?? null,
    protectStop: dates.protectStop ?? null,
    deactivation: dates.deactivation ?? null,
    limit: limits,
  };
}

function durationOf(seconds: number | undefined): string | null {
  if (seconds === undefined || seconds === 0) return null;
  return seconds % DAY === 0 ? `P${seconds / DAY}D` : `PT${seconds}S`;
}

/** Attributes that clients made up, as text: what KMIP keeps as `x-…` and `y-…`. */
export function customAttributes({ attributes }: Pick<KeyRecord, "attributes">): Record<string, string> {
  const own = Object.entries(attributes).filter(([name]) => /^[xy]-/.test(name));
  return Object.fromEntries(own.map(([name, value]) => [name, textOf(value)]));
}

function textOf(value: AttributeValue): string {
  const one = (each: AttributeValue): string => (typeof each === "string" ? each : JSON.stringify(each));
  if (!Array.isArray(value)) return one(value);
  return value.map((each) => one(instanceValue(each))).join(", ");
}

/** An attribute's instance is kept with its index. */
function instanceValue(each: AttributeValue): AttributeValue {
  return typeof each === "object" && "v" in each ? (each as { readonly v: AttributeValue }).v : each;
}
