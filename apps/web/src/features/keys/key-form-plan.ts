import { followOneAnother, type NewKey } from "@holdfast/protocol";
import type { KeyForm } from "./key-form.ts";

/** What a form plans for a key: times as the browser's own fields give them, and how much it protects. */
export type PlanForm = Pick<KeyForm, "activation" | "protectStop" | "deactivation" | "limit" | "limitUnit">;

export const LIMIT_UNITS: readonly (readonly [KeyForm["limitUnit"], string])[] = [
  ["object", "times"],
  ["byte", "bytes"],
];

/** The last second that a command takes, of the year 9999. */
const LATEST = 253_402_300_799;
const LIMIT = /^[1-9]\d{0,14}$/;

/** A time of a field, which is this device's, in Unix seconds; null for none. */
export function timeOf(text: string): number | null {
  const at = Date.parse(text) / 1000;
  return Number.isNaN(at) ? null : Math.floor(at);
}

/** A time as administrators read it before they approve: `2027-01-31 02:00 UTC`. */
export function utcText(at: number): string {
  return `${new Date(at * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** What is wrong with each field, in words; null where it is right. @param now - Unix seconds. */
export function planError(
  form: PlanForm,
  now: number,
): Record<"activation" | "protectStop" | "deactivation" | "limit", string | null> {
  const { activation, protectStop, deactivation } = planOf(form);
  const stopsAfterEnd = !followOneAnother(undefined, protectStop, deactivation);
  return {
    activation: timeError(form.activation) ?? begunError(activation, now),
    protectStop:
      timeError(form.protectStop) ??
      overError(protectStop, now) ??
      (followOneAnother(activation, protectStop)
        ? stopsAfterEnd
          ? "It would be retired before: let it stop sooner, or retire it later."
          : null
        : "It would stop before it begins: let it stop later."),
    deactivation:
      timeError(form.deactivation) ??
      overError(deactivation, now) ??
      (followOneAnother(activation, undefined, deactivation)
        ? null
        : "It would be retired before it begins: retire it later."),
    limit: limitText(form.limit) === "" || LIMIT.test(limitText(form.limit)) ? null : "A whole number, 1 or more.",
  };
}

/** The plan that the form means, as `key.create` takes it. */
export function planOf(form: PlanForm): Pick<NewKey, "activation" | "protectStop" | "deactivation" | "limit"> {
  const [activation, protectStop, deactivation] = [form.activation, form.protectStop, form.deactivation].map(timeOf);
  const limit = limitText(form.limit);
  return {
    ...(typeof activation === "number" ? { activation } : {}),
    ...(typeof protectStop === "number" ? { protectStop } : {}),
    ...(typeof deactivation === "number" ? { deactivation } : {}),
    ...(LIMIT.test(limit) ? { limit: { unit: form.limitUnit, total: Number(limit) } } : {}),
  };
}

/** Digits may stand in groups. */
function limitText(text: string): string {
  return text.replace(/[\s'’_]/g, "");
}

function timeError(text: string): string | null {
  if (text === "") return null;
  const at = timeOf(text);
  return at === null || at < 0 || at > LATEST ? "A day and a time, up to the year 9999." : null;
}

function overError(at: number | undefined, now: number): string | null {
  return at !== undefined && at <= now ? "That time is over: choose one to come." : null;
}

/** Seconds by which a beginning may be over and is still meant as now. */
const BEGUN_SECONDS = 300;

function begunError(at: number | undefined, now: number): string | null {
  return at !== undefined && at < now - BEGUN_SECONDS
    ? "That time is over, so it would be active at once: leave it empty, or choose one to come."
    : null;
}
