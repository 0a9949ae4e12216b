import {
  type Administrator,
  type Approval,
  docHash,
  draftRoster,
  encodeBase64url,
  encodeEnvelope,
  encodeRoster,
  type Roster,
  type RosterChange,
} from "@holdfast/protocol";
import { type ApprovalOptions, approveBy, type SoftwareAdministrator } from "@holdfast/testkit";
import type { PasskeyAgent } from "../../admission/testing/passkey-agent.ts";
import type { LinkDecided } from "../link-decided.ts";

/** A link as somebody drafted it. Tests only. */
export interface DraftedLink {
  readonly roster: Roster;
  readonly doc: string;
  readonly hash: string;
  readonly intros: readonly string[];
}

/** Gives a newcomer's passkeys to the agent, as its page would. Tests only. @returns the introduction, base64url */
export function introduce(
  agent: PasskeyAgent,
  { label, inviteId, passkeys, ...newcomer }: SoftwareAdministrator,
  adm = newcomer.adm,
): string {
  const names = { aid: agent.domain.aid, inviteId, adm };
  const creds = passkeys.map((passkey) => passkey.credential());
  const possession = passkeys.map((passkey) => passkey.possess(names));
  return agent.domain.introductions.take({ kind: "administrator", adm, creds, possession }, label, "page").doc;
}

/** Drafts a link from the agent's present roster. Tests only. */
export function draft(
  agent: PasskeyAgent,
  wanted: RosterChange,
  intros: readonly string[] = [],
  change: (roster: Roster) => Roster = (roster) => roster,
): DraftedLink {
  // A renewal in the second of the genesis would change nothing.
  const now = agent.clock.now() + (wanted.renew === true ? 1 : 0);
  const roster = change(draftRoster(agent.domain.rosters.current(), wanted, now));
  const bytes = encodeRoster(roster);
  return { roster, doc: encodeBase64url(bytes), hash: docHash("roster", bytes), intros };
}

/** Drafts a link that adds newcomers, introduced now. Tests only. */
export function adding(agent: PasskeyAgent, newcomers: readonly SoftwareAdministrator[], more: RosterChange = {}) {
  const administrators: Administrator[] = newcomers.map((each) => each.rosterEntry());
  const intros = newcomers.map((each) => introduce(agent, each));
  return draft(agent, { ...more, administrators }, intros);
}

/** One person's decision over a link. Tests only. */
export function decisionOf(by: SoftwareAdministrator, link: DraftedLink, options: ApprovalOptions = {}): Approval {
  return approveBy(by, [link.hash], options);
}

/** A link as it travels. Tests only. */
export function envelopeOf({ doc, intros }: DraftedLink, approvals: readonly Approval[]): Uint8Array<ArrayBuffer> {
  return encodeEnvelope({
    typ: "env",
    ver: 1,
    doc,
    approvals,
    ...(intros.length === 0 ? {} : { intros: [...intros] }),
  });
}

/** Delivers a link with one honest approval by each of these. Tests only. */
export function deliver(
  agent: PasskeyAgent,
  link: DraftedLink,
  ...by: readonly SoftwareAdministrator[]
): Promise<LinkDecided> {
  const approvals = by.map((each) => decisionOf(each, link));
  return agent.domain.links.deliver(envelopeOf(link, approvals), "mailbox");
}
