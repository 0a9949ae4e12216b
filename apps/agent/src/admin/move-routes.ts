import { isLocalDomain, type Roster } from "@holdfast/protocol";
import type { Domain } from "../domain.ts";
import { INVITATION_SECONDS } from "../introductions/invitations.ts";
import { flagField } from "../json-http/fields.ts";
import type { AgentPages, PageState } from "../local-page/agent-pages.ts";
import { keepMoveTarget, moveTarget } from "../local-page/move-target.ts";
import { channelOf } from "../roster/channel-of.ts";
import { addressesIn } from "../roster/passkeys-at.ts";
import { type AdminRoute, post } from "./admin-route.ts";
import { proposeLink } from "./roster-routes.ts";

/** One administrator on the way to another address. */
export interface MovingPerson {
  readonly adm: string;
  readonly label: string;
  /** `invited` with the address that opens once, `waiting` where one is open, `given` once there is a passkey of the new address. */
  readonly state: "moved" | "given" | "invited" | "waiting";
  readonly url?: string;
  /** When the invitation ends, Unix seconds. */
  readonly expiresAt?: number;
}

/** How far the move to another address is. */
export interface MoveAnswer {
  /** The address that everybody moves to; null while none is set up. */
  readonly to: string | null;
  readonly stage: "page" | "local" | "passkeys" | "approvals" | "delay" | "done";
  readonly what: string;
  readonly next?: string;
  readonly people: readonly MovingPerson[];
  /** Where the change is decided on: an old passkey at the old address, a new one at the new. */
  readonly approve: readonly string[];
  /** When it is in force by itself, Unix seconds, by the agent's running time. */
  readonly due?: number;
}

/** Where the way stands, and what it stands on. */
interface Move {
  readonly domain: Domain;
  readonly pages: AgentPages;
  /** Whether people who were invited before get another address. */
  readonly again: boolean;
}

/**
 * The way from one address of the page to another, one step with each call: it invites whoever has no passkey of the new address, then
 * proposes the one change that puts theirs in place of the old ones. Keys and log stay as they are.
 */
export function moveRoute(domainOf: () => Domain, pages: AgentPages): AdminRoute {
  return post("/v1/move", ["again"], ({ body }) =>
    move({ domain: domainOf(), pages, again: flagField(body, "again") }),
  );
}

async function move({ domain, pages, again }: Move): Promise<MoveAnswer> {
  const { roster } = domain.rosters.current();
  const { page, later } = targetOf(domain, pages);
  const nobody = { people: [], approve: [] };
  if (page === undefined)
    return {
      ...{ to: null, stage: "page", what: "The page has no name of yours yet.", ...nobody },
      next: "`holdfast-agent page setup --name NAME --csr FILE` (docs/operate/approval-page.md)",
    };
  const to = page.origin;
  if (page.state !== "serving")
    return {
      ...{ to, stage: "page", what: page.what ?? `${to} waits for its certificate.`, ...nobody },
      next: `\`holdfast-agent page setup --name ${new URL(to).hostname} --certificate FILE\``,
    };
  if (isLocalDomain(roster))
    return {
      ...{ to, stage: "local", what: "Whoever is at this host's account decides everything.", ...nobody },
      next: "`holdfast-agent admin invite NAME`, then `holdfast-agent admin add intro:…`",
    };
  const people = roster.admins.map((one) => personOf(domain, one, to));
  if (people.some(({ state }) => state !== "moved")) domain.links.assertNoRecovery();
  const waiting = moving(domain, to);
  if (waiting !== null) return waiting;
  if (people.every(({ state }) => state === "moved"))
    return { to, stage: "done", what: `Everybody's passkeys are of ${to}.`, ...nobody };
  keepMoveTarget(domain.dataDirectory, to);
  if (people.some(({ state }) => state === "waiting"))
    return {
      ...{ to, stage: "passkeys", approve: [] },
      people: people.map((one) => (one.state === "waiting" ? invited(domain, one, to, again) : one)),
      what: `Everybody makes a passkey at ${to}.${laterWords(later, to)}`,
      next: "`holdfast-agent move`, when they have read you their eight words; `holdfast-agent move --again` makes new addresses",
    };
  const intros = roster.admins.flatMap(({ adm }) => givenBy(domain, adm, to)?.hash ?? []);
  await proposeLink(domain, { intros, moveTo: to });
  return moving(domain, to) ?? { to, stage: "done", what: `Everybody's passkeys are of ${to}.`, people, approve: [] };
}

/**
 * The page that people move to: the one that a change or an invitation is under way for, else the newest that is not everybody's already;
 * and one that was set up after it.
 */
function targetOf(
  domain: Domain,
  pages: AgentPages,
): { readonly page: PageState | undefined; readonly later: string | null } {
  const { roster } = domain.rosters.current();
  const named = pages.states().filter(({ origin }) => channelOf(origin) === "customer");
  const [newest] = named;
  const isReached = (origin: string) => roster.admins.every((one) => personOf(domain, one, origin).state === "moved");
  const kept = moveTarget(domain.dataDirectory);
  const begun =
    named.find(({ origin }) => moving(domain, origin) !== null) ??
    named.find(({ origin }) => origin === kept && !isReached(origin));
  if (begun === undefined && kept !== null) keepMoveTarget(domain.dataDirectory, null);
  const page = begun ?? newest;
  return { page, later: page === newest || newest === undefined ? null : newest.origin };
}

function laterWords(later: string | null, to: string): string {
  if (later === null) return "";
  return ` ${later} was set up since: \`holdfast-agent page remove --name ${new URL(to).hostname}\` first, if everybody is to move there instead.`;
}

/** The change that is under way; null while there is none. */
function moving({ links, rosters }: Domain, to: string): MoveAnswer | null {
  const before = rosters.current().roster;
  const link = links
    .pending()
    .find(({ roster, kind }) => kind !== "recover" && addressesIn(roster).includes(to) && !isSame(roster, before));
  if (link === undefined) return null;
  const places = [...new Set([...addressesIn(before), ...addressesIn(link.roster)])];
  const facts = { to, people: [], approve: places.map((origin) => `${origin}/approve#${link.hash}`) };
  if (link.due !== null)
    return {
      ...{ ...facts, stage: "delay", due: link.due },
      what: "Approved. It is in force by itself after its delay; until then any administrator can say no.",
    };
  return {
    ...{
      ...facts,
      stage: "approvals",
      what: "It waits for approvals: an old passkey at the old address, a new one at the new.",
    },
    next: "open each address and approve; then `holdfast-agent move`",
  };
}

function isSame(one: Roster, other: Roster): boolean {
  return JSON.stringify(addressesIn(one)) === JSON.stringify(addressesIn(other));
}

function personOf(domain: Domain, { adm, label, creds }: Roster["admins"][number], to: string): MovingPerson {
  if (creds.every((one) => "origin" in one && one.origin === to)) return { adm, label, state: "moved" };
  const hasOne = creds.some((one) => "origin" in one && one.origin === to);
  return { adm, label, state: hasOne || givenBy(domain, adm, to) !== null ? "given" : "waiting" };
}

/** What a person gave at the new address and no roster has yet. */
function givenBy({ introductions, rosters }: Domain, adm: string, to: string) {
  const known = new Set(rosters.current().roster.admins.flatMap(({ creds }) => creds.map(({ credId }) => credId)));
  const found = introductions.all().filter(({ introduction: { object } }) => {
    if (object.kind !== "administrator" || object.adm !== adm) return false;
    return object.creds.every((one) => "origin" in one && one.origin === to && !known.has(one.credId));
  });
  return found.at(-1) ?? null;
}

function invited({ invitations, guard }: Domain, person: MovingPerson, to: string, again: boolean): MovingPerson {
  const { adm, label } = person;
  const isOpen = invitations.open().some((one) => one.kind === "administrator" && one.label === label);
  if (isOpen && !again) return person;
  const { word } = invitations.mint({ kind: "administrator", label, adm }, INVITATION_SECONDS.most);
  const expiresAt = guard.time() + INVITATION_SECONDS.most;
  return { adm, label, state: "invited", url: `${to}/introduce#${word}`, expiresAt };
}
