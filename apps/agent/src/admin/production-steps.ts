import { isLocalDomain, type Roster } from "@holdfast/protocol";
import type { Agent } from "../agent.ts";
import { unbackedKeys } from "../backup/unbacked-keys.ts";
import { readLink } from "../control-link/link-file.ts";
import type { Domain } from "../domain.ts";
import { channelOf } from "../roster/channel-of.ts";
import type { ProductionStep } from "./answers.ts";
import { escrowView } from "./escrow-routes.ts";
import type { PagesAnswer } from "./page-routes.ts";
import { lastBackupOf } from "./status.ts";

const PEOPLE = 2;
const PASSKEYS = 2;

type Step = (parts: { readonly agent: Agent; readonly domain: Domain; readonly roster: Roster }) => ProductionStep;

/**
 * What makes of a try-out something to rely on, in the order in which it is done: each step keeps the keys and the log.
 *
 * @param surroundings - Whether this key server sends notices by itself, and at which addresses its page is.
 */
export function productionSteps(
  agent: Agent,
  domain: Domain,
  { tellsPeople, pages }: { readonly tellsPeople: boolean; readonly pages: PagesAnswer["pages"] },
): ProductionStep[] {
  const { roster } = domain.rosters.current();
  const notices = step(
    tellsPeople,
    "The key server itself tells people what waits and what fails.",
    "Only the dashboard can tell people what waits, and whoever runs it can keep silent.",
    "holdfast-agent notices set … (docs/operate/notices.md)",
  );
  return [...pageSteps(pages), ...STEPS.map((each) => each({ agent, domain, roster })), notices];
}

/** The page itself, before anybody moves to it. */
function pageSteps(pages: PagesAnswer["pages"]): ProductionStep[] {
  const page = pages.find(({ origin }) => channelOf(origin) === "customer");
  const name = page === undefined ? "NAME" : new URL(page.origin).hostname;
  return [
    step(
      page?.state === "serving",
      `The page is served at ${page?.origin}.`,
      page === undefined
        ? "The page has no name of yours."
        : (page.what ?? `${page.origin} waits for its certificate.`),
      page === undefined
        ? "holdfast-agent page setup --name NAME --csr FILE (docs/operate/approval-page.md)"
        : `holdfast-agent page setup --name ${name} --certificate FILE`,
    ),
    step(
      page?.state === "serving" && page.checked !== null,
      "A browser has proved name, certificate and address.",
      "No browser has proved the page's name, certificate and address.",
      "holdfast-agent page check",
    ),
  ];
}

const STEPS: readonly Step[] = [
  ({ roster }) =>
    step(
      people(roster).length > 0 &&
        people(roster).every(({ creds }) => creds.every(({ channel }) => channel === "customer")),
      "People approve at a page on a name of yours.",
      isLocalDomain(roster)
        ? "Whoever is at this host's account decides everything: there are no passkeys."
        : "The page is for one person on this machine.",
      isLocalDomain(roster) ? "holdfast-agent admin invite NAME, then `admin add`" : "holdfast-agent move",
    ),
  ({ roster }) =>
    step(
      people(roster).length >= PEOPLE,
      `There are ${people(roster).length} administrators.`,
      "One lost or stolen device is everything: there is one administrator.",
      "holdfast-agent admin invite NAME (docs/operate/administrators.md)",
    ),
  ({ roster }) => {
    const single = people(roster).filter(
      ({ creds }) => creds.filter(({ channel }) => channel !== "hosted").length < PASSKEYS,
    );
    return step(
      single.length === 0 && people(roster).length > 0,
      "Everybody has a second passkey.",
      single.length === 0
        ? "Nobody has a passkey."
        : `With one passkey only: ${single.map(({ label }) => label).join(", ")}.`,
      `holdfast-agent admin invite --of ${single[0]?.adm ?? "ID"}`,
    );
  },
  ({ roster }) =>
    step(
      roster.recovery.keys.length > 0,
      "A replacement key brings administrators back when all passkeys are lost.",
      "Nothing brings administrators back when all passkeys are lost.",
      "holdfast-agent recover invite NAME (docs/operate/lost-passkey.md)",
    ),
  ({ agent }) =>
    step(
      agent.custody.kek.kind !== "file",
      `The agent is unsealed by ${KEK_WORDS[agent.custody.kek.kind] ?? agent.custody.kek.kind}.`,
      "Whoever copies the data folder and the key file has every key.",
      "holdfast-agent rekey … (docs/operate/unseal.md compares the ways)",
    ),
  ({ domain }) =>
    step(
      domain.keystore.domain().backup !== null && lastBackupOf(domain) !== null && unbackedKeys(domain) === 0,
      "The agent backs itself up, and every key is in a backup.",
      domain.keystore.domain().backup === null
        ? "Backups are made by hand only."
        : "The newest keys are in no backup yet.",
      "holdfast-agent backup policy … (docs/operate/backup.md)",
    ),
  ({ domain }) => {
    const { custodians, k } = escrowView(domain);
    return step(
      custodians.length > 0,
      `Any ${k} of ${custodians.length} custodians open a backup.`,
      "One recovery file and its passphrase open every backup.",
      "holdfast-agent escrow enrol … (docs/operate/escrow.md)",
    );
  },
  ({ agent, domain }) => {
    const others = otherWitnesses(agent, domain);
    const waiting = others.find(({ cosignedAt, silent }) => cosignedAt === null || silent);
    return step(
      others.some(({ cosignedAt, silent }) => cosignedAt !== null && !silent),
      "A witness outside the control plane sees that nobody goes back in time.",
      waiting === undefined
        ? "Nobody but the control plane would see an older disk, or a copy of this key server."
        : `${waiting.name} cosigns nothing${waiting.fault === null ? " yet" : `: ${waiting.fault}`}.`,
      waiting === undefined ? "holdfast-agent witness add … (docs/operate/witness.md)" : "holdfast-agent witness list",
    );
  },
];

/** Witnesses that this key server asks itself, other than the one of the control plane that it reports to. */
function otherWitnesses({ dataDirectory }: Agent, { witnesses }: Domain) {
  const ofControlPlane = readLink(dataDirectory)?.witness;
  return witnesses.status().filter(({ url, vkey }) => url !== null && vkey !== ofControlPlane);
}

const KEK_WORDS: Readonly<Record<string, string>> = {
  passphrase: "a passphrase that somebody types",
  shares: "custodians together",
  credential: "the host's service manager",
  pkcs11: "a hardware module",
};

/** Administrators with passkeys; a local administrator is nobody's. */
function people(roster: Roster): Roster["admins"] {
  return isLocalDomain(roster) ? [] : roster.admins;
}

function step(done: boolean, is: string, isNot: string, next: string): ProductionStep {
  return done ? { done, what: is } : { done, what: isNot, next };
}
