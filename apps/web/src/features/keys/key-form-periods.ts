import { advisedCryptoperiod, type Cryptoperiod } from "@holdfast/protocol";
import { showDuration } from "../../components/time-text.ts";
import type { KeyForm } from "./key-form.ts";
import { makesPair, usageFor } from "./key-purposes.ts";

const DAY = 86_400;
const CHOICES = [90, 180, 365, 730, 1095, 1825, 3650].map((days) => days * DAY);
/** Protecting has a shorter longest period than opening. */
const LONGEST_ORIGINATOR = 1825 * DAY;

type Options = readonly (readonly [seconds: string, text: string])[];

/** `90 days`, `2 years`. */
export function showPeriod(seconds: number): string {
  const years = seconds / (365 * DAY);
  if (!Number.isInteger(years) || years < 1) return showDuration(seconds);
  return years === 1 ? "1 year" : `${years} years`;
}

/** What SP 800-57 advises for a key as the form describes it. */
export function advisedFor({ purpose, algorithm }: Pick<KeyForm, "purpose" | "algorithm">): Cryptoperiod | null {
  return advisedCryptoperiod(makesPair(algorithm) ? "private-key" : "symmetric-key", usageFor(purpose, algorithm));
}

/** How long it may protect, the advised one marked. */
export function originatorOptions(advised: Cryptoperiod | null): Options {
  const most = advised?.originatorSec ?? null;
  const choices = CHOICES.filter((seconds) => seconds <= LONGEST_ORIGINATOR);
  return [["", "no end (usual)"], ...withAdvised(choices, most)];
}

/** How long it may open: not shorter than it protects. */
export function recipientOptions(advised: Cryptoperiod | null, originator: string): Options {
  const choices = CHOICES.filter((seconds) => seconds >= Number(originator));
  const most = advised?.recipientSec ?? null;
  return [["", "no end (usual)"], ...withAdvised(choices, most !== null && most >= Number(originator) ? most : null)];
}

function withAdvised(choices: readonly number[], advised: number | null): Options {
  const all = [...new Set([...choices, ...(advised === null ? [] : [advised])])].sort((one, other) => one - other);
  return all.map((seconds) => [
    String(seconds),
    seconds === advised ? `${showPeriod(seconds)} (the most SP 800-57 advises)` : showPeriod(seconds),
  ]);
}
