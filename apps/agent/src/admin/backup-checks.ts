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
import { bad, good, timeOf, warning } from "./check-words.ts";

const HOUR = 3600;

/** What `doctor` says of backups: which keys are in none, which destinations fail, and what a disaster would take with it. */
export function backupChecks(agent: Agent, domain: Domain): DoctorCheck[] {
  const { guard, backups } = domain;
  return [
    unbackedCheck(domain),
    policyCheck(domain),
    ...backups.places().map((place) => placeCheck(place, guard.time())),
    ...loopChecks(domain),
    ...recoveryChecks(agent, domain),
  ];
}

function unbackedCheck(domain: Domain): DoctorCheck {
  const missing = unbackedKeys(domain);
  const last = domain.backups.newest();
  if (missing > 0)
    return warning(
      "backup",
      `Keys in no backup: ${missing}.${elsewhereWords(domain)}`,
      domain.keystore.domain().backup === null
        ? "Run `holdfast-agent backup create --out FILE`, and keep the file elsewhere."
        : "Wait a minute for the next backup; `holdfast-agent backup policy` says what stands in its way.",
    );
  if (last === null) return good("backup", "There is no key yet that a backup would hold.");
  return good("backup", `Every key is in the newest backup, made ${ageWords(domain.guard.time() - last.at)} ago.`);
}

/** Where older policies had backups put: they may be there still, and nobody looks. */
function elsewhereWords({ index, keystore }: Domain): string {
  const { backup } = keystore.domain();
  if (backup === null) return "";
  const today = new Set(backup.destinations.map(({ name }) => name));
  const others = [...index.backupDestinations()].filter((name) => !today.has(name));
  return others.length === 0
    ? ""
    : ` Not counted: what lies at ${others.join(", ")}, which the policy no longer names.`;
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
function recoveryChecks({ custody, identity }: Agent, { keystore, index }: Domain): DoctorCheck[] {
  const folders = [keyDirectory(), ...(custody.kek.kind === "file" ? [dirname(custody.kek.path)] : [])];
  const path = folders.map((folder) => recoveryPathIn(folder, identity.aid)).find((each) => existsSync(each));
  if (path === undefined) return [good("recovery file", "The recovery file is not where `init` put it.")];
  const { escrow } = keystore.domain();
  if (escrow !== undefined && !escrow.recoveryFile) return [restWarning(path, index.byRecoveryFile)];
  const lost = escrow === undefined ? "no backup opens" : "only custodians open a backup";
  return [
    warning(
      "recovery file",
      `The recovery file still lies where \`init\` put it, on this host (${path}): when this host is lost, ${lost}.`,
      "Move it to another place, and keep its passphrase apart from it.",
    ),
  ];
}

/** Of a recovery file that opens no new backup: custodians do. */
function restWarning(path: string, { count, at }: Domain["index"]["byRecoveryFile"]): DoctorCheck {
  const where = `The recovery file still lies where \`init\` put it, on this host (${path}). Custodians open backups now`;
  if (count === 0)
    return warning(
      "recovery file",
      `${where}: it opens none that is on record.`,
      "Destroy it, unless you keep a backup of before the custodians.",
    );
  return warning(
    "recovery file",
    `${where}: it opens only the ${count} that ${count === 1 ? "was" : "were"} made before them, the newest on ${timeOf(at)}.`,
    "Move it to another place while you keep such a backup; otherwise destroy those backups where they lie, and then the file.",
  );
}

function ageWords(seconds: number): string {
  if (seconds < 120) return `${Math.max(0, seconds)} seconds`;
  if (seconds < 2 * HOUR) return `${Math.floor(seconds / 60)} minutes`;
  return seconds < 48 * HOUR ? `${Math.floor(seconds / HOUR)} hours` : `${Math.floor(seconds / (24 * HOUR))} days`;
}
