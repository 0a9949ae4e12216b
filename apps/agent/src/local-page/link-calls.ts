import { findBase64url, type Roster } from "@holdfast/protocol";
import type { Agent } from "../agent.ts";
import type { Domain } from "../domain.ts";
import { objectField, onlyFields, textField, textsField } from "../json-http/fields.ts";
import { HttpRefusal } from "../json-http/http-refusal.ts";
import type { JsonCall } from "../json-http/serve-json.ts";
import type { PendingLink } from "../roster/describe-link.ts";
import { hasPasskeyAt, passkeysAt } from "../roster/passkeys-at.ts";
import { domainOf } from "./page-domain.ts";

const LONG = 32_768;

/** A change of administrators and rules that is approved and waits its delay: every decision is taken knowing of it. */
export interface Announced {
  readonly hash: string;
  readonly due: number;
  readonly kind: PendingLink["kind"];
  /** Whether somebody's no still ends it. */
  readonly mayObject: boolean;
}

/** Changes that will be in force by themselves, unless somebody says no where that still counts. */
export function announcedLinks({ links }: Pick<Domain, "links">): Announced[] {
  return links
    .pending()
    .flatMap(({ hash, status, due, kind, mayObject }) =>
      status === "scheduled" && due !== null ? [{ hash, due, kind, mayObject }] : [],
    );
}

/**
 * A change as the page shows it: its bytes, those of the list that it follows, and how far it is by the agent's own state. Whoever does not
 * know its hash is told nothing else either.
 */
export function showLink(agent: Agent, origin: string, hash: string) {
  if (findBase64url(hash)?.length !== 32) throw new HttpRefusal(400, "E_SCHEMA", "Give the hash of one change.");
  const domain = domainOf(agent);
  const found = domain.links.find(hash);
  const [rpId, now] = [new URL(origin).hostname, domain.guard.time()];
  if (found === null) return { link: null, approvers: [], objectors: [], elsewhere: [], rpId, now, announced: [] };
  const { roster } = domain.rosters.current();
  const here = (each: Pick<Roster, "admins">) => passkeysAt(each, origin);
  return {
    link: pageLink(found),
    approvers: [...new Set([...here(roster), ...here(found.roster)])],
    objectors: here(roster),
    /** Other addresses of this page at which somebody decides on it: while people move, an old passkey stands at the old one. */
    elsewhere: agent.pageOrigins.filter(
      (each) => each !== origin && [roster, found.roster].some((one) => hasPasskeyAt(one, each)),
    ),
    ...{ rpId, now },
    announced: announcedLinks(domain),
  };
}

function pageLink(found: PendingLink) {
  const { hash, doc, base, kind, words, status, approvals, delay, due, dryRun, intros, mayObject } = found;
  return {
    ...{ hash, doc, kind, words, status, delay, due, dryRun, intros, mayObject },
    ...{ base: base?.doc ?? null, old: found.old, new: found.new },
    approvals: approvals.map(({ adm, label, at }) => ({ adm, label, at })),
  };
}

/** One touch over one change: approves it, or stops it. */
export async function decideLink(agent: Agent, body: JsonCall["body"]) {
  onlyFields(body, ["approval"]);
  const approval = objectField(body, "approval");
  onlyFields(approval, ["decision", "list", "credId", "clientDataJSON", "authData", "sig"]);
  const { decision } = approval;
  if (decision !== 1 && decision !== 2) throw new HttpRefusal(400, "E_SCHEMA", "decision is neither 1 nor 2.");
  const [hash = "", ...more] = textsField(approval, "list", 1);
  if (more.length > 0 || findBase64url(hash)?.length !== 32)
    throw new HttpRefusal(400, "E_SCHEMA", "A change is decided by itself.");
  const assertion = {
    credId: textField(approval, "credId"),
    clientDataJSON: textField(approval, "clientDataJSON", LONG),
    authData: textField(approval, "authData", LONG),
    sig: textField(approval, "sig"),
  };
  return { result: await domainOf(agent).links.decide({ decision, hash, assertion }) };
}
