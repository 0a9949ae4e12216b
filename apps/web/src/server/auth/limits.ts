import type { Identity } from "@holdfast/db";
import { WebError } from "../web-error.ts";

/** How often something may be tried, for all servers together. */
const LIMITS = {
  "sign-up from an address": { most: 60, windowSeconds: 3600 },
  "sign-in from an address": { most: 120, windowSeconds: 600 },
  "sign-in with a passkey": { most: 30, windowSeconds: 600 },
  "passkey change of an account": { most: 30, windowSeconds: 3600 },
  "enrolment tokens of an account": { most: 60, windowSeconds: 3600 },
  "new organisations of an account": { most: 30, windowSeconds: 3600 },
  "new environments of an organisation": { most: 60, windowSeconds: 3600 },
  "proposals of an account": { most: 600, windowSeconds: 600 },
  "reports of an environment": { most: 30, windowSeconds: 3600 },
  "notice receivers of an organisation": { most: 30, windowSeconds: 3600 },
  "notice tests of an organisation": { most: 30, windowSeconds: 3600 },
  "exports of an account": { most: 20_000, windowSeconds: 3600 },
} as const;

export type LimitName = keyof typeof LIMITS;

/** Counts one more try by `who`. @throws {@link WebError} `RATE` beyond the limit */
export async function limit(identity: Identity, name: LimitName, who: string): Promise<void> {
  const { most, windowSeconds } = LIMITS[name];
  const count = await identity.attempts.count(`${name}: ${who}`, windowSeconds);
  if (count > most) throw new WebError("RATE");
}
