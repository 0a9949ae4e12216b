import { type Approval, approveChallenge, DECISION, type Decision } from "@holdfast/protocol";
import type { SoftwareKey } from "../keys/software-key.ts";
import type { AssertionKnobs } from "../passkey/software-passkey.ts";
import type { SoftwareAdministrator } from "./software-administrator.ts";

/** How a decision is given, and with which lies. */
export interface ApprovalOptions extends AssertionKnobs {
  readonly decision?: Decision;
  /** Which of the administrator's passkeys. */
  readonly passkey?: number;
}

/** An administrator's decision over documents, by passkey or by the local key. */
export function approveBy(
  administrator: SoftwareAdministrator,
  list: readonly string[],
  { decision = DECISION.approve, passkey = 0, ...knobs }: ApprovalOptions = {},
): Approval {
  const { localKey, passkeys } = administrator;
  if (localKey !== null) return approveRaw(localKey, list, "local", decision);
  const used = passkeys[passkey];
  if (used === undefined) throw new RangeError("the administrator has no such passkey");
  return used.approve(list, { decision, ...knobs });
}

/** A raw key's decision. */
export function approveRaw(
  key: SoftwareKey,
  list: readonly string[],
  purpose: "local" | "recover" | "veto",
  decision: Decision = DECISION.approve,
): Approval {
  return { decision, list, credId: key.rawCredId, sig: key.signRaw(purpose, approveChallenge(decision, list)) };
}
