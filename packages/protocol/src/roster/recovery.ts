import type { Approval } from "../approval/approval.ts";
import { DECISION } from "../approval/challenges.ts";
import { verifyRawApproval } from "../approval/verify-approval.ts";
import { decodeBase64url } from "../encoding/base64url.ts";
import { ProtocolError } from "../errors.ts";
import { deriveRawCredentialId } from "../ids/derive-ids.ts";
import type { LinkThreshold } from "./quorum.ts";
import type { PinnedRoster, Roster } from "./roster.ts";

/** What a recover link shares with its predecessor or may set anew: everything else has to stay. */
const MAY_DIFFER: ReadonlySet<string> = new Set([
  ...["tid", "seq", "prev", "rand", "issued", "acceptBy"],
  ...["admins", "notAfter", "recover"],
]);

/** How long a recovered roster is good for at least, once its delay is over: time enough to renew it. */
const MIN_RECOVERED_SECONDS = 30 * 86_400;

/**
 * Examines a recover link: offline recovery keys of the old roster sign it, and it gives administrators other
 * credentials and the roster another end, and does nothing else. Who they are, their groups, the rules and the agents stay;
 * administrators may be left out, none may be new.
 *
 * Caller must: have checked the place, the rules and every added credential's possession ({@link examineRosterLink}), and
 * demand as many keys as are needed.
 *
 * @returns How many recovery keys have signed and must; the new roster's administrators are not asked.
 * @throws {@link ProtocolError} `E_ROSTER_SCHEMA` for any other change; `E_ROSTER_THRESHOLD` for an approval of anything
 *   but this link alone; `E_CRED_UNKNOWN` for one by anything but a recovery key; `E_SIG`
 * @see docs/spec/roster.md section 6
 */
export async function examineRecovery(
  old: Roster,
  { roster, hash }: PinnedRoster,
  approvals: readonly Approval[],
): Promise<{ readonly old: LinkThreshold; readonly new: LinkThreshold }> {
  checkRecoverChange(old, roster);
  const signed = new Set<string>();
  for (const approval of approvals) {
    if (approval.decision !== DECISION.approve || approval.list.length !== 1 || approval.list[0] !== hash)
      throw new ProtocolError("E_ROSTER_THRESHOLD", "An approval is not of this link alone.");
    const key = findRecoveryKey(old, approval);
    if (key === null) throw new ProtocolError("E_CRED_UNKNOWN", "A recovery is signed by recovery keys alone.");
    await verifyRawApproval(approval, key, "recover");
    signed.add(approval.credId);
  }
  const need = Math.max(1, old.recovery.m);
  return { old: { have: signed.size, need, by: [] }, new: { have: 0, need: 0, by: [] } };
}

/** Whether every recovery key has signed the link, so that no administrator can veto it. */
export function isSignedByEveryRecoveryKey(old: Roster, approvals: readonly Approval[]): boolean {
  const signed = new Set(approvals.map((approval) => findRecoveryKey(old, approval)).filter((key) => key !== null));
  return old.recovery.keys.length > 0 && signed.size === old.recovery.keys.length;
}

/** The recovery key (COSE, base64url) by which an approval says it was made; null for a passkey's and a stranger's. */
export function findRecoveryKey(old: Roster, approval: Approval): string | null {
  if ("clientDataJSON" in approval) return null;
  const key = old.recovery.keys.find(({ cose }) => deriveRawCredentialId(decodeBase64url(cose)) === approval.credId);
  return key?.cose ?? null;
}

function checkRecoverChange(old: Roster, roster: Roster): void {
  const names = new Set([...Object.keys(old), ...Object.keys(roster)]) as Set<keyof Roster>;
  for (const name of names) {
    if (!MAY_DIFFER.has(name) && !isSame(old[name], roster[name]))
      throw new ProtocolError("E_ROSTER_SCHEMA", "A recovery changes administrators' passkeys and the end only.", {
        member: name,
      });
  }
  if (roster.notAfter < roster.issued + old.recovery.delaySec + MIN_RECOVERED_SECONDS)
    throw new ProtocolError("E_ROSTER_SCHEMA", "A recovery has to stay good for 30 days after its delay.", {
      notAfter: roster.notAfter,
    });
  for (const { adm, label, groups } of roster.admins) {
    const before = old.admins.find((one) => one.adm === adm);
    if (before === undefined || before.label !== label || !isSame([...before.groups].sort(), [...groups].sort()))
      throw new ProtocolError("E_ROSTER_SCHEMA", "A recovery adds nobody and leaves names and groups as they were.", {
        adm,
      });
  }
}

/** Members are read in the schema's order, so equal values are equal texts. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
