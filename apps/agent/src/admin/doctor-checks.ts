import { errorText, periodEnds } from "@holdfast/protocol";
import type { Agent } from "../agent.ts";
import { type Expiry, expiriesOf, expiryOf } from "../clients/expiry.ts";
import type { Domain } from "../domain.ts";
import { countersOf } from "../endpoints/metrics/counters.ts";
import { freeBytesAt } from "../keystore/disk-space.ts";
import { whoStops } from "../roster/who-stops.ts";
import type { DoctorCheck } from "./answers.ts";
import { backupChecks } from "./backup-checks.ts";
import { bad, good, warning } from "./check-words.ts";
import { companyChecks } from "./company-checks.ts";
import { custodyChecks, hostCustodyChecks } from "./custody-checks.ts";
import { diskChecks } from "./disk-checks.ts";
import { escrowChecks } from "./escrow-checks.ts";
import { renewPage } from "./renew-page.ts";
import { witnessChecks } from "./witness-checks.ts";

const DAY = 86_400;
const SOON_SECONDS = 30 * DAY;

/** What the agent sees of itself that is wrong or soon will be. */
export function doctorChecks(agent: Agent, urls: readonly (string | null)[] = []): DoctorCheck[] {
  const { domain } = agent;
  const checks = [sealCheck(agent), ...hostCustodyChecks(agent)];
  if (domain === null) return checks;
  return [
    ...checks,
    logCheck(domain),
    ...diskChecks(agent.store.disk, freeBytesAt(agent.dataDirectory)),
    ...witnessChecks(domain),
    clockCheck(domain),
    rosterCheck(domain),
    ...linkChecks(domain),
    ...backupChecks(agent, domain),
    ...tokenKeyChecks(domain),
    ...escrowChecks(domain),
    ...custodyChecks(agent, domain, urls),
    ...rotationChecks(domain),
    ...lockedChecks(domain),
    ...certificateChecks(agent, domain),
    ...companyChecks(agent),
  ];
}

/** Keys whose period is over: what protects nothing any more stops applications, the rest should be rotated. */
function rotationChecks({ keystore, guard }: Domain): DoctorCheck[] {
  const now = guard.time();
  const active = [...keystore.keys()].filter(({ state }) => state === "active");
  const ended: string[] = [];
  const due: string[] = [];
  for (const { label, dates, current, versions } of active) {
    const made = versions.find(({ version }) => version === current)?.createdAt ?? dates.created;
    const ends = periodEnds(dates, made);
    if (ends.originator !== undefined && ends.originator <= now) ended.push(label);
    else if (ends.due !== undefined && ends.due <= now) due.push(label);
  }
  const next = "Rotate them, or the product that holds them: docs/operate/lifecycle.md.";
  return [
    ...(ended.length === 0
      ? []
      : [bad("cryptoperiods", `Keys that protect nothing any more: ${namesOf(ended)}.`, next)]),
    ...(due.length === 0 ? [] : [warning("cryptoperiods", `Rotation is due: ${namesOf(due)}.`, next)]),
  ];
}

function namesOf(labels: readonly string[]): string {
  return labels.length <= 5 ? labels.join(", ") : `${labels.slice(0, 5).join(", ")} and ${labels.length - 5} more`;
}

function sealCheck(agent: Agent): DoctorCheck {
  if (agent.sealed) {
    const next =
      agent.custody.kekFileFault === null
        ? "Run `holdfast-agent unseal`."
        : "Mend the key-encryption key's file first, as told below; then run `holdfast-agent unseal`.";
    return bad("seal", "The agent is sealed: no key can be used.", next);
  }
  if (agent.domain === null)
    return warning("domain", "There is no domain yet.", "Run `holdfast-agent claim` and open the address.");
  return good("seal", "The agent is unsealed and serves.");
}

function logCheck({ problem, log }: Domain): DoctorCheck {
  if (problem === null)
    return good(
      "custody log",
      `It matched its signed checkpoint when it was opened, and has ${log.size} entries; \`holdfast-agent audit verify\` holds all of them against it again.`,
    );
  return bad(
    "custody log",
    `The log does not match its signed checkpoint (${problem}): nothing is changed.`,
    `${errorText[problem].next} docs/operate/witness.md.`,
  );
}

function clockCheck({ guard }: Domain): DoctorCheck {
  const alarm = guard.alarm();
  if (alarm === null) return good("clock", "The clock fits the running time and the log.");
  return bad(
    "clock",
    `The clock is ${alarm} and is not believed.`,
    "Set the host's clock. Where it is right as it is: `holdfast-agent clock accept`.",
  );
}

function rosterCheck({ rosters, guard }: Domain): DoctorCheck {
  const left = rosters.current().roster.notAfter - guard.time();
  if (left < 0)
    return bad(
      "administrators",
      "The list of administrators has expired; keys go on, changes do not.",
      "Renew it: `holdfast-agent roster renew`.",
    );
  if (left < SOON_SECONDS)
    return warning(
      "administrators",
      `The list of administrators expires in ${Math.floor(left / DAY)} days.`,
      "Renew it before: `holdfast-agent roster renew`.",
    );
  return good("administrators", `The list of administrators is good for ${Math.floor(left / DAY)} days.`);
}

/** What waits is said by every check until it is over; two signed changes for one place are said for ever. */
function linkChecks({ links, index }: Domain): DoctorCheck[] {
  const name = "changes of administrators";
  const running = links.pending().filter(({ status }) => status === "scheduled");
  return [
    ...running.map((link) =>
      warning(
        name,
        link.kind === "recover"
          ? "A recovery by replacement keys waits and is in force by itself."
          : "An approved change of administrators or rules waits and is in force by itself.",
        `\`holdfast-agent roster list\` shows what it changes. ${whoStops(link).what} ${whoStops(link).next}`,
      ),
    ),
    ...[...index.linkConflicts].map(([seq, hash]) =>
      index.isLearnt(seq)
        ? warning(
            name,
            `Administrators signed two changes for version ${seq}; the one in force was learnt after a restore, the other is kept in the log (${hash}). It may have been cancelled in the log that was lost.`,
            "Look in a custody report of before the loss whether it was cancelled. If it was not, find out who signed both, and remove passkeys that are not in the right hands.",
          )
        : bad(
            name,
            `Administrators signed two changes for version ${seq}; one is in force, the other is kept in the log (${hash}).`,
            "Find out who signed both, and remove passkeys that are not in the right hands.",
          ),
    ),
  ];
}

function tokenKeyChecks({ keystore, hsmKeys }: Domain): DoctorCheck[] {
  const name = "keys in the token";
  const keys = keystore.tokenKeys;
  const checks: DoctorCheck[] = [];
  if (keys > 0)
    checks.push(
      warning(
        name,
        `Keys in the token, and in no backup: ${keys}.`,
        "Use the token's own backup; without it a lost token is lost keys.",
      ),
    );
  if (hsmKeys.unsettled > 0)
    checks.push(
      warning(name, `Objects to be removed from the token: ${hsmKeys.unsettled}.`, "Connect the token; they go then."),
    );
  return checks;
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
  const { authority, installed, clients } = expiriesOf(domain, agent.company?.seen);
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
  const page = countersOf(agent).certificates.get("page");
  if (page !== undefined)
    checks.push(
      expiryCheck(
        "page certificate",
        "The approval page's certificate",
        expiryOf(page, domain.guard.time()),
        renewPage(agent.dataDirectory, page),
      ),
    );
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
  const own = [...countersOf(agent).certificates].filter(([listener]) => listener !== "page");
  return own.map(([listener, notAfter]) =>
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
