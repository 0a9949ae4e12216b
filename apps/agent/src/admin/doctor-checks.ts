import { fipsStatus } from "@holdfast/crypto";
import type { Agent } from "../agent.ts";
import type { Domain } from "../domain.ts";
import type { DoctorCheck } from "./answers.ts";
import { lastBackupOf, unbackedKeys } from "./status.ts";

const DAY = 86_400;
const SOON_SECONDS = 30 * DAY;

/** What the agent sees of itself that is wrong or soon will be. */
export function doctorChecks(agent: Agent): DoctorCheck[] {
  const { domain } = agent;
  const checks = [sealCheck(agent), kekCheck(agent), fipsCheck()];
  if (domain === null) return checks;
  return [
    ...checks,
    logCheck(domain),
    clockCheck(domain),
    rosterCheck(domain),
    backupCheck(domain),
    ...lockedChecks(domain),
    ...clientChecks(domain),
  ];
}

function sealCheck(agent: Agent): DoctorCheck {
  if (agent.sealed) return bad("seal", "The agent is sealed: no key can be used.", "Run `holdfast-agent unseal`.");
  if (agent.domain === null)
    return warning("domain", "There is no domain yet.", "Run `holdfast-agent claim` and open the address.");
  return good("seal", "The agent is unsealed and serves.");
}

function kekCheck({ custody }: Agent): DoctorCheck {
  if (custody.kek.kind === "passphrase")
    return good("key-encryption key", "It comes from a passphrase: a person starts this agent.");
  return warning(
    "key-encryption key",
    `It is a file on this host (${custody.kek.path}): a stolen data folder is worthless, this host's root is not.`,
    "Keep a copy apart from the data folder and its backups.",
  );
}

function fipsCheck(): DoctorCheck {
  const { mode } = fipsStatus();
  return mode === "on"
    ? good("fips", "The runtime's FIPS provider is on.")
    : good("fips", "No validated module is in use; nothing here claims one.");
}

function logCheck({ problem, log }: Domain): DoctorCheck {
  if (problem === null) return good("custody log", `${log.size} entries match their signed checkpoint.`);
  return bad(
    "custody log",
    `The log does not match its signed checkpoint (${problem}): nothing is changed.`,
    "Find out who put an older or other store in place; restore from a backup.",
  );
}

function clockCheck({ guard }: Domain): DoctorCheck {
  const alarm = guard.alarm();
  if (alarm === null) return good("clock", "The clock fits the running time and the log.");
  return bad("clock", `The clock is ${alarm} and is not believed.`, "Set the host's clock, then restart the agent.");
}

function rosterCheck({ rosters, guard }: Domain): DoctorCheck {
  const left = rosters.current().roster.notAfter - guard.time();
  if (left < 0)
    return bad("administrators", "The list of administrators has expired; keys go on, changes do not.", "Renew it.");
  if (left < SOON_SECONDS)
    return warning(
      "administrators",
      `The list of administrators expires in ${Math.floor(left / DAY)} days.`,
      "Renew it before.",
    );
  return good("administrators", `The list of administrators is good for ${Math.floor(left / DAY)} days.`);
}

function backupCheck(domain: Domain): DoctorCheck {
  const backup = lastBackupOf(domain);
  const missing = unbackedKeys(domain, backup?.size ?? 0);
  if (missing === 0)
    return good(
      "backup",
      backup === null ? "There is no key yet that a backup would hold." : "Every key is in the newest backup.",
    );
  return warning(
    "backup",
    `Keys in no backup: ${missing}.`,
    "Run `holdfast-agent backup create --out FILE`, and keep the file elsewhere.",
  );
}

function lockedChecks({ keystore }: Domain): DoctorCheck[] {
  return keystore
    .lockedObjects()
    .map(({ id, kind, code }) =>
      bad(
        `locked ${kind}`,
        `${id} is locked: its stored record is not the one the log names (${code}).`,
        "Somebody changed the store. Restore from a backup.",
      ),
    );
}

function clientChecks({ keystore, guard }: Domain): DoctorCheck[] {
  const now = guard.time();
  return [...keystore.clients()]
    .filter(({ state, notAfter }) => state === "active" && notAfter - now < SOON_SECONDS)
    .map(({ id, label, notAfter }) => {
      const days = Math.floor((notAfter - now) / DAY);
      const what =
        days < 0
          ? `The certificate of ${label} (${id}) has expired.`
          : `The certificate of ${label} (${id}) expires in ${days} days.`;
      return warning("client certificate", what, "Enrol the client anew before.");
    });
}

const good = (name: string, what: string): DoctorCheck => ({ name, result: "good", what });
const warning = (name: string, what: string, next: string): DoctorCheck => ({ name, result: "warning", what, next });
const bad = (name: string, what: string, next: string): DoctorCheck => ({ name, result: "bad", what, next });
