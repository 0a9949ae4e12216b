import { ENTROPY_SOURCE, type FipsFacts, fipsFacts, runSelfTests } from "@holdfast/crypto";
import type { Agent } from "../agent.ts";
import { type Expiry, expiriesOf } from "../clients/expiry.ts";
import type { Domain } from "../domain.ts";
import { countersOf } from "../endpoints/metrics/counters.ts";
import { readHostFacts } from "../self-check/host-facts.ts";
import type { DoctorCheck } from "./answers.ts";
import { bootstrapChecks } from "./bootstrap-checks.ts";
import { hostChecks } from "./host-checks.ts";
import { lastBackupOf, unbackedKeys } from "./status.ts";

const DAY = 86_400;
const SOON_SECONDS = 30 * DAY;

/** What the agent sees of itself that is wrong or soon will be. */
export function doctorChecks(agent: Agent, urls: readonly (string | null)[] = []): DoctorCheck[] {
  const { domain } = agent;
  const host = readHostFacts();
  const checks = [
    sealCheck(agent),
    kekCheck(agent),
    selfTestCheck(agent),
    entropyCheck(),
    fipsCheck(),
    ...hostChecks(host),
  ];
  if (domain === null) return checks;
  return [
    ...checks,
    logCheck(domain),
    clockCheck(domain),
    rosterCheck(domain),
    backupCheck(domain),
    kekAgeCheck(domain),
    ...bootstrapChecks({ ...circleParts(agent, domain), host, urls }),
    ...lockedChecks(domain),
    ...certificateChecks(agent, domain),
  ];
}

function sealCheck(agent: Agent): DoctorCheck {
  if (agent.sealed) return bad("seal", "The agent is sealed: no key can be used.", "Run `holdfast-agent unseal`.");
  if (agent.domain === null)
    return warning("domain", "There is no domain yet.", "Run `holdfast-agent claim` and open the address.");
  return good("seal", "The agent is unsealed and serves.");
}

function kekCheck({ custody }: Agent): DoctorCheck {
  const { kek } = custody;
  switch (kek.kind) {
    case "passphrase":
      return good("key-encryption key", "It comes from a passphrase: a person starts this agent.");
    case "shares":
      return good(
        "key-encryption key",
        `It comes from custodians' shares: any ${kek.needed} of ${kek.commits.length} start this agent together.`,
      );
    case "credential":
      return warning(
        "key-encryption key",
        `The service manager gives it (credential ${kek.name}): a stolen data folder is worthless, this host's root is not.`,
        "Seal the credential to the host's TPM (`systemd-creds encrypt --with-key=tpm2`), and keep a copy elsewhere.",
      );
    case "file":
      return warning(
        "key-encryption key",
        `It is a file on this host (${kek.path}): a stolen data folder is worthless, this host's root is not.`,
        "Keep a copy apart from the data folder and its backups.",
      );
  }
}

/** Runs the known answers once more. */
function selfTestCheck({ selfTests }: Agent): DoctorCheck {
  const now = runSelfTests();
  const failed = [...new Set([...selfTests.failed, ...now.failed])];
  if (failed.length > 0)
    return bad(
      "self-tests",
      `Self-tests failed: ${failed.join(", ")}. These algorithms are not served.`,
      "Do not use this host for them; install the program again or elsewhere.",
    );
  return good(
    "self-tests",
    `${now.ran.length} known answers are right (${now.milliseconds} ms; ${selfTests.milliseconds} ms at start).`,
  );
}

function entropyCheck(): DoctorCheck {
  return good("entropy", `Random bytes: ${ENTROPY_SOURCE}.`);
}

const NO_FIPS: Readonly<Record<Exclude<FipsFacts["why"], "active">, string>> = {
  "no-provider": "No FIPS provider is loaded; nothing here claims one.",
  unforced: "A FIPS provider is loaded, but the runtime does not ask for it for every algorithm.",
  broken: "The runtime's FIPS flag is set, but no provider answers: it proves nothing.",
};

function fipsCheck(): DoctorCheck {
  const { why, provider, path } = fipsFacts();
  if (why === "active")
    return good(
      "fips",
      `A FIPS provider answers (${path}, version ${provider?.version ?? "unknown"}, SHA-256 ${provider?.sha256}); whether that build is validated here, no program can see.`,
    );
  return why === "no-provider"
    ? good("fips", NO_FIPS[why])
    : warning("fips", NO_FIPS[why], "See docs/operate/fips.md; `serve --require-fips` refuses to start like this.");
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

/** A wrapping key protects what is new for two years at most. @see SP 800-57 part 1, table 1 */
const KEK_SECONDS = 730 * DAY;

function kekAgeCheck({ keks, guard }: Domain): DoctorCheck {
  const { current, keks: held, rotation, left } = keks.status();
  const name = "key-encryption keys";
  if (left > 0)
    return bad(
      name,
      `Versions of keys that stayed under an older key-encryption key: ${left}. Their rows are not as this agent wrote them.`,
      "Find out who changed the store; restore a backup.",
    );
  if (rotation !== null)
    return good(
      name,
      `Keys are being brought under key-encryption key ${current}: ${rotation.done} of ${rotation.total}.`,
    );
  const days = Math.floor((guard.time() - (held.at(-1)?.createdAt ?? 0)) / DAY);
  if (days * DAY > KEK_SECONDS)
    return warning(name, `Key-encryption key ${current} is ${days} days old.`, "Run `holdfast-agent kek rotate`.");
  return good(name, `Every key is under key-encryption key ${current}, ${days} days old.`);
}

function circleParts({ dataDirectory, custody }: Agent, { keystore, operations }: Domain) {
  const active = [...keystore.clients()].filter(({ state }) => state === "active");
  const clients = active.map(({ id, label }) => ({ label, from: operations.seenFrom(id) }));
  return { dataDirectory, kek: custody.kek, clients };
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

function certificateChecks(agent: Agent, domain: Domain): DoctorCheck[] {
  const { authority, installed, clients } = expiriesOf(domain);
  const checks = [
    expiryCheck("authority", "The certificate of the agent's own authority", authority, "Enrol clients anew before."),
  ];
  if (domain.installed.damaged)
    checks.push(
      bad(
        "listener certificate",
        "The installed certificate cannot be read.",
        "Install it again: `holdfast-agent server-cert csr`.",
      ),
    );
  if (installed !== null)
    checks.push(expiryCheck("listener certificate", "The listeners' installed certificate", installed, RENEW_LISTENER));
  else checks.push(...ownListenerChecks(agent, domain));
  for (const { client, ...expiry } of clients) {
    if (expiry.within === null) continue;
    const check = expiryCheck(
      "client certificate",
      `The certificate of ${client.label} (${client.id})`,
      expiry,
      RENEW_CLIENT,
    );
    checks.push({ ...check, result: "warning" }); // the application's trouble, not this agent's
  }
  return checks;
}

const RENEW_LISTENER = "Request a new one (`holdfast-agent server-cert csr`), and install it; open connections go on.";
const RENEW_CLIENT = "Enrol the client anew before.";
/** Listeners' own certificates are made anew at half of their seven days: what is nearer its end was not. */
const OWN_LISTENER_SECONDS = 2 * DAY;

function ownListenerChecks(agent: Agent, { guard }: Domain): DoctorCheck[] {
  return [...countersOf(agent).certificates].map(([listener, notAfter]) =>
    notAfter - guard.time() > OWN_LISTENER_SECONDS
      ? good("listener certificate", `The certificate of ${listener} is renewed by the agent itself.`)
      : bad(
          "listener certificate",
          `The certificate of ${listener} was not renewed.`,
          "Look at the agent's log; restart it.",
        ),
  );
}

function expiryCheck(name: string, what: string, { daysLeft, within }: Expiry, next: string): DoctorCheck {
  if (within === null) return good(name, `${what} is good for ${daysLeft} days.`);
  if (within === 0) return bad(name, `${what} has expired.`, next);
  const sentence = `${what} expires in ${daysLeft} days.`;
  return within <= 7 ? bad(name, sentence, next) : warning(name, sentence, next);
}

const good = (name: string, what: string): DoctorCheck => ({ name, result: "good", what });
const warning = (name: string, what: string, next: string): DoctorCheck => ({ name, result: "warning", what, next });
const bad = (name: string, what: string, next: string): DoctorCheck => ({ name, result: "bad", what, next });
