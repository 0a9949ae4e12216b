import { periodEnds } from "./cryptoperiods.ts";
import type { KeyDates } from "./key-dates.ts";
import { allowsOperation, type KeyOperation, type KeyState, useKind } from "./transitions.ts";

/** A key, and the version of it that is to be used. */
export interface KeyLife {
  readonly state: KeyState;
  readonly dates: KeyDates;
  readonly version: { readonly state: KeyState; readonly createdAt: number };
}

/** Why a key does not take part in an operation now; `at` is the date that decides. */
export type UseRefusal =
  | { readonly why: "archived" }
  | { readonly why: "state"; readonly state: KeyState }
  | { readonly why: "suspended"; readonly at: number }
  | { readonly why: "process-start"; readonly at: number }
  | { readonly why: "protect-stop"; readonly at: number }
  | { readonly why: "originator-period"; readonly at: number }
  | { readonly why: "recipient-period"; readonly at: number };

/**
 * Why a version of a key may not be used for an operation at a time; null when its life permits it.
 *
 * A date counts from its own second on, and also where its step has not been written. What was suspended stays
 * suspended, whatever it became, until it is resumed: an act that only tightens opens nothing.
 *
 * @see SP 800-57 part 1 section 7; KMIP 2.1 sections 4.36 (Process Start Date), 4.38 (Protect Stop Date), 4.57 (State)
 */
export function useRefusal(
  { state, dates, version }: KeyLife,
  operation: KeyOperation,
  now: number,
): UseRefusal | null {
  const kind = useKind(operation);
  if (kind === "read") return null;
  if (dates.archived !== undefined) return { why: "archived" };
  if (!allowsOperation(state, operation)) return { why: "state", state };
  if (!allowsOperation(version.state, operation)) return { why: "state", state: version.state };
  if (dates.suspended !== undefined) return { why: "suspended", at: dates.suspended };
  const { processStart, protectStop, deactivation } = dates;
  if (deactivation !== undefined && deactivation <= now && !allowsOperation("deactivated", operation))
    return { why: "state", state: "deactivated" };
  if (kind === "process" && processStart !== undefined && now < processStart)
    return { why: "process-start", at: processStart };
  if (kind === "protect" && protectStop !== undefined && now >= protectStop)
    return { why: "protect-stop", at: protectStop };
  if (dates.originatorSec === undefined && dates.recipientSec === undefined) return null;
  const { originator, recipient } = periodEnds(dates, version.createdAt);
  if (kind === "protect" && originator !== undefined && now >= originator)
    return { why: "originator-period", at: originator };
  if (recipient !== undefined && now >= recipient) return { why: "recipient-period", at: recipient };
  return null;
}
