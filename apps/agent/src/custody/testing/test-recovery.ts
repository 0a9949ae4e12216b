import { deriveRecoveryKey, type RecoveryKey } from "../recovery-file.ts";

/** What opens the recovery files of test agents. Tests only. */
export const TEST_RECOVERY_PASSPHRASE = "a drawer in another house";

let derived: Promise<RecoveryKey> | undefined;

/**
 * The key of {@link TEST_RECOVERY_PASSPHRASE}, derived once in a process: deriving costs more than anything else in making an
 * agent, and means to. Agents made with it have recovery files that the passphrase opens like any other. Tests only.
 */
export function testRecovery(): Promise<RecoveryKey> {
  derived ??= deriveRecoveryKey(TEST_RECOVERY_PASSPHRASE);
  return derived;
}
