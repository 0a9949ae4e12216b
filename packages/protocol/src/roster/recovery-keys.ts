import { encodeBase32 } from "../encoding/base32.ts";
import { decodeBase64url } from "../encoding/base64url.ts";
import { deriveRawCredentialId } from "../ids/derive-ids.ts";
import type { RecoveryKey, Roster } from "./roster.ts";

/** The recovery keys that the next roster has and the old one has not. */
export function addedRecoveryKeys(
  old: Pick<Roster, "recovery">,
  next: Pick<Roster, "recovery">,
): readonly RecoveryKey[] {
  return next.recovery.keys.filter(({ cose }) => !old.recovery.keys.some((one) => one.cose === cose));
}

/** How a recovery key is named where it signs: its raw credential id. */
export function recoveryKeyId({ cose }: Pick<RecoveryKey, "cose">): string {
  return deriveRawCredentialId(decodeBase64url(cose));
}

/** How people tell one replacement key from another: it stands on its sheet and wherever it is listed. */
export function replacementKeyName(key: Pick<RecoveryKey, "cose">): string {
  return `r_${encodeBase32(decodeBase64url(recoveryKeyId(key)).slice(0, 5))}`;
}
