import { ProtocolError } from "../errors.ts";
import { checkRoster } from "./check-roster.ts";
import { ACCEPT_WINDOW_SECONDS, ROSTER_LIFE_SECONDS } from "./default-policy.ts";
import type { PasskeyCredential, PinnedRoster, Roster } from "./roster.ts";

/**
 * The recover link that gives administrators other passkeys in place of all that they had, and makes the roster good for
 * another 400 days. Administrators who are not named stay as they are.
 *
 * @param passkeys - By `adm`, of administrators who stand in the roster.
 * @param now - Unix seconds.
 * @throws {@link ProtocolError} `E_ROSTER_SCHEMA` when it would keep no rules; in a domain without recovery keys
 * @see docs/spec/roster.md section 6
 */
export function draftRecovery(
  { roster: old, tid, hash }: PinnedRoster,
  passkeys: ReadonlyMap<string, readonly PasskeyCredential[]>,
  now: number,
): Roster {
  const { rand: _, ...rest } = old;
  if (old.recovery.keys.length === 0)
    throw new ProtocolError("E_ROSTER_SCHEMA", "This environment has no replacement key that could recover it.");
  for (const adm of passkeys.keys()) {
    if (!old.admins.some((one) => one.adm === adm))
      throw new ProtocolError("E_ROSTER_SCHEMA", "A recovery adds no administrator.", { adm });
  }
  const next: Roster = {
    ...rest,
    ...{ tid, seq: old.seq + 1, prev: hash, issued: now, acceptBy: now + ACCEPT_WINDOW_SECONDS },
    notAfter: Math.max(old.notAfter, now + ROSTER_LIFE_SECONDS),
    admins: old.admins.map((one) => ({ ...one, creds: passkeys.get(one.adm) ?? one.creds })),
    recover: true,
  };
  checkRoster(next);
  return next;
}
