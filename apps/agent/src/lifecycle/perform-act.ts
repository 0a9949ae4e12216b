import { AdmissionError } from "../admission/errors.ts";
import { acceptClock } from "./accept-clock.ts";
import { acceptLoss } from "./accept-loss.ts";
import type { Act, ActInput } from "./act.ts";
import { activate } from "./activate.ts";
import { allowAlgorithms } from "./allow-algorithms.ts";
import { setBackupPolicy } from "./backup-policy.ts";
import { changeGroup } from "./change-group.ts";
import { compromise } from "./compromise.ts";
import { createKeys } from "./create.ts";
import { deactivate } from "./deactivate.ts";
import { destroy } from "./destroy.ts";
import type { Effect } from "./effect.ts";
import { enrolClient } from "./enrol-client.ts";
import { enrolCustodians } from "./enrol-custodians.ts";
import { exportWrap } from "./export-wrap.ts";
import { importBegin } from "./import-begin.ts";
import { importCommit } from "./import-commit.ts";
import { label } from "./label.ts";
import { lock } from "./lock.ts";
import { noteEscrow } from "./note-escrow.ts";
import { orderBackup } from "./order-backup.ts";
import { permitClients } from "./permit-clients.ts";
import { reKey } from "./re-key.ts";
import { restoreAccept } from "./restore-accept.ts";
import { resume } from "./resume.ts";
import { revokeClient } from "./revoke-client.ts";
import { setDomain } from "./set-domain.ts";
import { clearSchedule, setSchedule } from "./set-schedule.ts";
import { suspend } from "./suspend.ts";
import { unlock } from "./unlock.ts";
import { updateClient } from "./update-client.ts";

const ACTS: Readonly<Record<string, Act>> = {
  "key.create": createKeys,
  "key.activate": activate,
  "key.rotate": reKey,
  "key.suspend": suspend,
  "key.resume": resume,
  "key.deactivate": deactivate,
  "key.compromise": compromise,
  "key.destroy": destroy,
  "key.label": label,
  "key.group": changeGroup,
  "schedule.set": setSchedule,
  "schedule.clear": clearSchedule,
  "client.enrol": enrolClient,
  "client.permit": permitClients,
  "client.update": updateClient,
  "client.revoke": revokeClient,
  "crypto.allow": allowAlgorithms,
  "import.begin": importBegin,
  "import.commit": importCommit,
  "export.wrap": exportWrap,
  "escrow.enrol": enrolCustodians,
  "escrow.release": noteEscrow,
  "escrow.drill": noteEscrow,
  "backup.policy": setBackupPolicy,
  "backup.create": orderBackup,
  "domain.lock": lock,
  "domain.unlock": unlock,
  "domain.set": setDomain,
  "log.acceptLoss": acceptLoss,
  "restore.accept": restoreAccept,
  "clock.accept": acceptClock,
};

/** Whether this agent carries the act out. */
export function isSupportedAct(act: string): boolean {
  return Object.hasOwn(ACTS, act);
}

/**
 * What the command would change. It writes nothing, so a dry run asks the same question.
 *
 * @throws {@link AdmissionError} `E_UNSUPPORTED`, `E_PRESTATE`, `E_ARGS`, and `E_STATE_MAC` or `E_STATE_ROLLBACK` for a locked target
 */
export function performAct(input: ActInput): Effect[] {
  const act = isSupportedAct(input.command.act) ? ACTS[input.command.act] : undefined;
  if (!act) throw new AdmissionError("E_UNSUPPORTED", undefined, { act: input.command.act });
  return act(input);
}
