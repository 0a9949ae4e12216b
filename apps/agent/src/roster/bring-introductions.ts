import { addedAgents, addedPasskeys, addedRecoveryKeys, type VerifiedRoster } from "@holdfast/protocol";
import type { Introductions } from "../introductions/introductions.ts";
import { makeLinkEnvelope, type ReadLink } from "./link-envelope.ts";

/** Puts the introductions of the passkeys, key servers and replacement keys that a link adds, as this agent took them, into an envelope without any. */
export function bringLinkIntroductions(
  read: ReadLink,
  { roster: old }: Pick<VerifiedRoster, "roster">,
  introductions: Pick<Introductions, "all">,
): ReadLink {
  if (read.envelope.intros !== undefined) return read;
  const taken = introductions.all();
  const found = addedPasskeys(old, read.roster).flatMap(({ administrator, credential: { credId } }) => {
    const one = taken.find(({ introduction: { object } }) => {
      const isTheirs = object.kind === "administrator" && object.adm === administrator.adm;
      return isTheirs && object.creds.some((each) => each.credId === credId);
    });
    return one === undefined ? [] : [one.doc];
  });
  const agents = addedAgents(old, read.roster).flatMap(({ aik, hpke }) => {
    const one = taken.find(({ introduction: { object } }) => {
      return object.kind === "agent" && object.agent.aik === aik && object.agent.hpke === hpke;
    });
    return one === undefined ? [] : [one.doc];
  });
  const keys = addedRecoveryKeys(old, read.roster).flatMap(({ cose }) => {
    const one = taken.find(({ introduction: { object } }) => {
      return object.kind === "replacement-key" && object.key.cose === cose;
    });
    return one === undefined ? [] : [one.doc];
  });
  found.push(...agents, ...keys);
  return found.length === 0 ? read : makeLinkEnvelope({ ...read.envelope, intros: [...new Set(found)].slice(0, 16) });
}
