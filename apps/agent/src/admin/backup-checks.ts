import { existsSync } from "node:fs";
import { dirname } from "node:path";
import type { Agent } from "../agent.ts";
import { findLoops } from "../backup/find-loops.ts";
import type { PlaceState } from "../backup/place-state.ts";
import { unbackedKeys } from "../backup/unbacked-keys.ts";
import { keyDirectory } from "../cli/key-directory.ts";
import { recoveryPathIn } from "../custody/recovery-file.ts";
import type { Domain } from "../domain.ts";
import type { DoctorCheck } from "./answers.ts";
import { bad, good, warning } from "./check-words.ts";

const HOUR = 3600;

/** What `doctor` says of backups: which keys are in none, which destinations fail, and what a disaster would take with it. */
export function backupChecks(agent: Agent, domain: Domain): DoctorCheck[] {
  const { guard, backups } = domain;
  return [
    unbackedCheck(domain),
    policyCheck(domain),
    ...backups.places().map((place) => placeCheck(place, guard.time())),
    ...loopChecks(domain),
    ...recoveryChecks(agent),
  ];
}

function unbackedCheck(domain: Domain): DoctorCheck {
  const missing = unbackedKeys(domain);
  const last = domain.index.lastBackup();
  if (missing > 0)
    return warning(
      "backup",
      `Keys in no backup: ${missing}.`,
      domain.keystore.domain().backup === null
        ? "Run `holdfast-agent backup create --out FILE`, and keep the file elsewhere."
        : "Wait a minute for the next backup; `holdfast-agent backup policy` says what stands in its way.",
    );
  if (last === null) return good("backup", "There is no key yet that a backup would hold.");
  return good("backup", `Every key is in the newest backup, made ${ageWords(domain.guard.time() - last.at)} ago.`);
}

function policyCheck({ keystore }: Domain): DoctorCheck {
  const { backup } = keystore.domain();
  if (backup !== null)
    return good("backup policy", `Backups are made alone, to ${backup.destinations.length} place(s).`);
  return warning(
    "backup policy",
    "Backups are made by hand only: a key made after the last one is lost with this disk.",
    "Have them made alone: `holdfast-agent backup policy --directory PATH`.",
  );
}

function placeCheck({ to, newest, failing }: PlaceState, now: number): DoctorCheck {
  const name = "backup destination";
  if (failing !== null)
    return bad(
      name,
      `Backups to ${to.name} fail since ${ageWords(now - failing.since)} (${failing.code}${failing.fault === "" ? "" : `, ${failing.fault}`}).`,
      "It is tried again by itself; try it now with `holdfast-agent backup create`.",
    );
  if (newest === null)
    return warning(
      name,
      `There is no backup at ${to.name} yet.`,
      "Wait a moment, or run `holdfast-agent backup create`.",
    );
  return good(name, `The newest backup at ${to.name} was read back ${ageWords(now - newest.at)} ago.`);
}

function loopChecks({ keystore, dataDirectory }: Domain): DoctorCheck[] {
  const { backup } = keystore.domain();
  if (backup === null) return [];
  const clients = [...keystore.clients()]
    .filter(({ state, auth }) => state === "active" && auth.kind === "mtls")
    .map(({ label }) => label);
  return findLoops(backup, { dataDirectory, clients }).map(({ what, next }) => warning("bootstrap", what, next));
}

/** Who loses this host must not lose with it what opens its backups. */
function recoveryChecks({ custody, identity }: Agent): DoctorCheck[] {
  const folders = [keyDirectory(), ...(custody.kek.kind === "file" ? [dirname(custody.kek.path)] : [])];
  const path = folders.map((folder) => recoveryPathIn(folder, identity.aid)).find((each) => existsSync(each));
  if (path === undefined) return [good("recovery file", "The recovery file is not where `init` put it.")];
  return [
    warning(
      "recovery file",
      `The recovery file still lies where \`init\` put it, on this host (${path}): when this host is lost, no backup opens.`,
      "Move it to another place, and keep its passphrase apart from it.",
    ),
  ];
}

function ageWords(seconds: number): string {
  if (seconds < 120) return `${Math.max(0, seconds)} seconds`;
  if (seconds < 2 * HOUR) return `${Math.floor(seconds / 60)} minutes`;
  return seconds < 48 * HOUR ? `${Math.floor(seconds / HOUR)} hours` : `${Math.floor(seconds / (24 * HOUR))} days`;
}
