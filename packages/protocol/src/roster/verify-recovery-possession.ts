import { recoveryChallenge } from "../approval/challenges.ts";
import { verifyRawSignature } from "../approval/raw-signature.ts";
import { ProtocolError } from "../errors.ts";
import { addedRecoveryKeys, recoveryKeyId } from "./recovery-keys.ts";
import type { RecoveryKey, Roster } from "./roster.ts";
import type { Possession, RecoveryPossession } from "./roster-link.ts";

/**
 * Verifies that every recovery key which a link adds was in somebody's hands when it was introduced: it signed the
 * invitation of an agent of the domain. A key that nobody has would make a recovery impossible without anybody seeing it.
 *
 * @throws {@link ProtocolError} `E_ROSTER_THRESHOLD`; `E_SIG`
 * @see docs/spec/roster.md section 4
 */
export async function verifyAddedRecoveryKeys(
  old: Pick<Roster, "recovery">,
  next: Pick<Roster, "recovery" | "agents">,
  possession: readonly Possession[],
): Promise<void> {
  for (const key of addedRecoveryKeys(old, next)) {
    const id = recoveryKeyId(key);
    const proof = possession.find((one): one is RecoveryPossession => one.credId === id && isRecoveryPossession(one));
    if (proof === undefined || !next.agents.some(({ aid }) => aid === proof.aid))
      throw new ProtocolError("E_ROSTER_THRESHOLD", "An added replacement key does not prove possession.");
    await verifyRecoveryPossession(key, proof);
  }
}

/** Verifies one recovery key's signature over its invitation. @throws {@link ProtocolError} `E_SIG` */
export function verifyRecoveryPossession(
  { cose }: Pick<RecoveryKey, "cose">,
  { aid, inviteId, sig }: Pick<RecoveryPossession, "aid" | "inviteId" | "sig">,
): Promise<void> {
  return verifyRawSignature(cose, "recover", recoveryChallenge({ aid, inviteId }), sig);
}

function isRecoveryPossession(one: Possession): one is RecoveryPossession {
  return "inviteId" in one && !("clientDataJSON" in one);
}
