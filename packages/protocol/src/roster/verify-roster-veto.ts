import { type Approval, isPasskeyApproval } from "../approval/approval.ts";
import { DECISION } from "../approval/challenges.ts";
import { verifyApproval, verifyRawApproval } from "../approval/verify-approval.ts";
import type { Untrusted } from "../brand.ts";
import { decodeBase64url } from "../encoding/base64url.ts";
import { docHash } from "../encoding/hash.ts";
import { ProtocolError } from "../errors.ts";
import { findCredential } from "./quorum.ts";
import { findRecoveryKey, isSignedByEveryRecoveryKey } from "./recovery.ts";
import { parseRoster, type VerifiedRoster } from "./roster.ts";
import type { RosterLink } from "./roster-link.ts";
import { changesRecovery } from "./roster-link-delay.ts";
import { stayingRecoveryKeys } from "./staying-keys.ts";

/** Who ended a waiting link: an administrator of the old roster, or one of its recovery keys. */
export type VetoedBy =
  | { readonly kind: "administrator"; readonly adm: string }
  | { readonly kind: "recovery"; readonly credId: string };

/**
 * Judges an objection (a decision 2) to a link that was accepted and waits its delay.
 *
 * Any administrator of the old roster ends an ordinary link. A recovery is ended once at its place by one of them, and by
 * nobody when every recovery key signed it, or the holder of a stolen passkey could keep its owner out for ever. A link that
 * changes the recovery keys is ended by any one of the old ones as well, or a stolen passkey could take them away; where as
 * many of them stay as a recovery takes, by one of those alone, or whoever saw a key's words could keep it in the list for ever.
 *
 * Trusts: `pinned`; `link`, which {@link acceptRosterLink} accepted after it.
 * Caller must: keep, by the place in the chain, whether a recovery was vetoed there, also across restarts.
 *
 * @param placeVetoed - Whether a recovery was vetoed at this place before.
 * @throws {@link ProtocolError} `E_VETO` when it does not count; `E_CRED_UNKNOWN`; `E_ASSERT_…`, `E_SIG`
 * @see docs/spec/roster.md section 7
 */
export async function verifyRosterVeto(
  pinned: VerifiedRoster,
  link: Pick<RosterLink, "doc" | "approvals">,
  veto: Untrusted<Approval>,
  placeVetoed: boolean,
): Promise<VetoedBy> {
  const bytes = decodeBase64url(link.doc);
  const next = parseRoster(bytes);
  const old = pinned.roster;
  if (veto.decision !== DECISION.reject || veto.list.length !== 1 || veto.list[0] !== docHash("roster", bytes))
    throw new ProtocolError("E_VETO", "The objection is not to this link alone.");
  const key = findRecoveryKey(old, veto);
  if (key !== null && !isPasskeyApproval(veto)) {
    if (next.recover === true || !changesRecovery(old, next))
      throw new ProtocolError("E_VETO", "A recovery key objects to a change of the recovery keys only.");
    const staying = stayingRecoveryKeys(old, next);
    if (staying !== null && !staying.some(({ cose }) => cose === key))
      throw new ProtocolError(
        "E_VETO",
        "This replacement key is one that the change takes away, and enough others stay: those can object to it.",
      );
    await verifyRawApproval(veto, key, "veto");
    return { kind: "recovery", credId: veto.credId };
  }
  const found = findCredential(old, veto.credId);
  if (found === null)
    throw new ProtocolError("E_CRED_UNKNOWN", "The objection is by a credential that the roster does not have.");
  await verifyApproval(veto, found.credential);
  if (next.recover === true && isSignedByEveryRecoveryKey(old, link.approvals))
    throw new ProtocolError("E_VETO", "Every recovery key signed this recovery: nobody ends it.");
  if (next.recover === true && placeVetoed)
    throw new ProtocolError("E_VETO", "A recovery was objected to at this place before.", { seq: next.seq });
  return { kind: "administrator", adm: found.administrator.adm };
}
