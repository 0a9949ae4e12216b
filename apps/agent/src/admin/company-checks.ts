import type { Agent } from "../agent.ts";
import type { CompanyClients } from "../clients/company/company-clients.ts";
import type { CrlStatus } from "../clients/company/crl-files.ts";
import { expiryOf } from "../clients/expiry.ts";
import type { DoctorCheck } from "./answers.ts";
import { bad, good, warning } from "./check-words.ts";

const DAY = 86_400;
const FETCH = "Fetch the authority's newest list and put it in place; it is read by itself.";

/** What the company's authority for clients is worth now; nothing where none is trusted. */
export function companyChecks({ company, clock, domain }: Pick<Agent, "company" | "clock" | "domain">): DoctorCheck[] {
  if (company === null) return untrustedClients(domain);
  const now = clock.now();
  return [
    ...authorityChecks(company, now),
    ...company.status().crls.map((crl) => listCheck(crl, company.plan.acceptStaleCrl, now)),
    revocationCheck(company),
  ];
}

/** Clients that cannot connect, because this host trusts no authority but the agent's own. */
function untrustedClients(domain: Agent["domain"]): DoctorCheck[] {
  const clients = [...(domain?.keystore.clients() ?? [])].filter(
    ({ state, auth }) => state === "active" && auth.authority !== undefined,
  );
  if (clients.length === 0) return [];
  return [
    bad(
      "company authority",
      `Clients certified by a company's authority cannot connect: ${clients.length}.`,
      "Start the agent with --client-ca, and with --client-crl or --client-ocsp.",
    ),
  ];
}

function authorityChecks({ issuers }: CompanyClients, now: number): DoctorCheck[] {
  return issuers.map(({ certificate, notAfter }) => {
    const name = "company authority";
    const subject = certificate.subject.replaceAll("\n", ", ");
    const { within, daysLeft } = expiryOf(notAfter, now);
    const next = "Put its successor into --client-ca beside it, and restart the agent.";
    if (within === null) return good(name, `${subject} is trusted for clients, and good for ${daysLeft} days.`);
    if (within === 0) return bad(name, `${subject} has expired: its clients are refused.`, next);
    return warning(name, `${subject} expires in ${daysLeft} days.`, next);
  });
}

function listCheck({ path, readable, nextUpdate }: CrlStatus, acceptStale: boolean, now: number): DoctorCheck {
  const name = "revocation list";
  const over = acceptStale ? "it still counts, as --client-crl-stale says" : "the authority's clients are refused";
  if (nextUpdate === null && !acceptStale)
    return bad(name, `${path} says no end, so it is never in force: the authority's clients are refused.`, FETCH);
  if (nextUpdate !== null && nextUpdate < now) return bad(name, `${path} is over: ${over}.`, FETCH);
  if (!readable)
    return bad(name, `What lies at ${path} now cannot be used; the list before counts until its end.`, FETCH);
  const left = nextUpdate === null ? "for as long as it lies there" : `for ${hours(nextUpdate - now)}`;
  return good(name, `${path} counts ${left}.`);
}

function revocationCheck(company: CompanyClients): DoctorCheck {
  const name = "revocation";
  const { plan } = company;
  const { crls, unanswered } = company.status();
  if (crls.length === 0 && plan.ocsp === null)
    return warning(
      name,
      "Nobody is asked whether the company has revoked a client's certificate.",
      "Name a list (--client-crl) or a responder (--client-ocsp); withdrawing a client works at once meanwhile.",
    );
  if (plan.ocsp !== null && plan.acceptUnanswered)
    return warning(
      name,
      `Certificates pass while no responder answers (${unanswered} times so far).`,
      "See --client-ocsp-down.",
    );
  if (unanswered > 0)
    return warning(
      name,
      `A responder did not answer believably ${unanswered} times; such certificates were refused.`,
      "Look at the responder.",
    );
  return good(name, "Certificates are refused whenever nobody can tell whether they were revoked.");
}

function hours(seconds: number): string {
  return seconds >= 2 * DAY ? `${Math.floor(seconds / DAY)} days` : `${Math.max(1, Math.floor(seconds / 3600))} hours`;
}
