import { ProtocolError } from "../errors.ts";
import { RECOVERY_DELAY_SECONDS } from "./default-policy.ts";
import type { RecoveryKey, Roster } from "./roster.ts";

/** What a link is to change about the recovery keys. What is not named stays as it is. */
export interface RecoveryChange {
  /** Keys that holders introduced. */
  readonly add?: readonly RecoveryKey[];
  /** Keys (their `cose`) that are lost, seen by somebody, or replaced. */
  readonly remove?: readonly string[];
  /** How many of them a recovery takes. */
  readonly m?: number;
  readonly delaySec?: number;
}

/**
 * The recovery part that follows another with a change.
 *
 * The first keys of a domain without any take one signature and 72 hours, as at a founding.
 *
 * @throws {@link ProtocolError} `E_ROSTER_SCHEMA` for a key that is not there or is there already, for the last one, and
 *   for more signatures than keys
 */
export function draftRecoveryKeys(
  old: Roster["recovery"],
  { add = [], remove = [], m, delaySec }: RecoveryChange,
): Roster["recovery"] {
  const has = (cose: string) => old.keys.some((key) => key.cose === cose);
  if (remove.some((cose) => !has(cose))) throw refused("there is no such replacement key");
  if (add.some(({ cose }) => has(cose))) throw refused("that replacement key is there already");
  const keys = [...old.keys.filter(({ cose }) => !remove.includes(cose)), ...add];
  if (keys.length === 0 && old.keys.length > 0)
    throw refused("the last replacement key cannot go: bring another in the same change");
  const before = old.keys.length > 0 ? old : { m: Math.min(1, keys.length), delaySec: RECOVERY_DELAY_SECONDS };
  const needed = m ?? before.m;
  if (needed > keys.length || (keys.length > 0 && needed < 1))
    throw refused(
      `a recovery would take ${needed} of ${keys.length} replacement keys: say how many it is to take from now on`,
    );
  return { keys, m: needed, delaySec: delaySec ?? (keys.length === 0 ? old.delaySec : before.delaySec) };
}

function refused(problem: string): ProtocolError {
  return new ProtocolError("E_ROSTER_SCHEMA", `The change is refused: ${problem}.`);
}
