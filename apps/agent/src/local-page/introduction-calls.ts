import {
  encodeBase64url,
  HoldfastError,
  RECOVERY_DELAY_SECONDS,
  type RegistrationNames,
  registerChallenge,
} from "@holdfast/protocol";
import type { Agent } from "../agent.ts";
import { IntroductionError } from "../introductions/errors.ts";
import type { OpenedInvitation } from "../introductions/invitations.ts";
import { labelOfKey } from "../introductions/label-of-key.ts";
import { isOfferedKind, readOffer } from "../introductions/read-offer.ts";
import { type OfferedPasskey, type PasskeyPage, readPasskeys } from "../introductions/read-passkeys.ts";
import { readReplacementKey, replacementKeyAsked } from "../introductions/read-replacement-key.ts";
import { objectField, onlyFields, textField } from "../json-http/fields.ts";
import { HttpRefusal } from "../json-http/http-refusal.ts";
import type { JsonCall } from "../json-http/serve-json.ts";
import { channelOf } from "../roster/channel-of.ts";
import { domainOf } from "./page-domain.ts";

const LONGEST_WORD = 64;
const ONE_PERSON = "This page is for one person on this machine, so nobody else can become an administrator at it.";
const LONGEST_OFFER = 32_768;

/** What an invitation is for; looking does not use it up. @throws {@link IntroductionError} `E_INVITE` */
export function openInvitation(agent: Agent, origin: string, body: JsonCall["body"]) {
  onlyFields(body, ["invitation"]);
  const { invitations } = domainOf(agent);
  const opened = onRecord(agent, () => invitations.look(textField(body, "invitation", LONGEST_WORD)));
  const { kind, label } = opened;
  if (kind === "replacement-key") {
    const { recovery } = domainOf(agent).rosters.current().roster;
    const hours = Math.round((recovery.delaySec || RECOVERY_DELAY_SECONDS) / 3_600);
    return { kind, label, key: { ...replacementKeyAsked(agent.identity.aid, opened.inviteId), hours } };
  }
  return { kind, label, ...(kind === "administrator" ? { passkey: passkeyAsked(agent, origin, opened) } : {}) };
}

/**
 * Takes the public half of a replacement key that was made in the browser, by an invitation, which is used up by it.
 *
 * @returns the introduction's bytes, of which the page makes the words
 * @throws {@link IntroductionError} `E_INVITE`, `E_OFFER`
 */
export async function introduceReplacementKey(agent: Agent, body: JsonCall["body"]) {
  onlyFields(body, ["invitation", "cose", "sig"]);
  const word = textField(body, "invitation", LONGEST_WORD);
  const { invitations, introductions, keystore } = domainOf(agent);
  const { kind, inviteId } = onRecord(agent, () => invitations.look(word));
  if (kind !== "replacement-key") throw new IntroductionError("E_OFFER");
  const offered = { cose: textField(body, "cose", 256), sig: textField(body, "sig", 256) };
  const object = await readReplacementKey({ aid: agent.identity.aid, inviteId }, offered);
  const { label } = onRecord(agent, () => invitations.use(word));
  const name = labelOfKey(object.key, label, keystore.domain().share);
  const { doc, hash } = introductions.take(object, name, "page");
  agent.logger.info("introduction.taken", { kind, hash });
  return { doc };
}

/**
 * Takes what a newcomer gives by an invitation, which is used up by it: of two that come at once one is taken.
 *
 * @returns the introduction's bytes, of which the page makes the words
 * @throws {@link IntroductionError} `E_INVITE`, `E_OFFER` for another kind or for what cannot be read; both leave an
 *   invitation that is good as it is
 */
export async function introduce(agent: Agent, body: JsonCall["body"]) {
  onlyFields(body, ["invitation", "kind", "offer"]);
  const word = textField(body, "invitation", LONGEST_WORD);
  const { invitations, introductions } = domainOf(agent);
  const { kind } = onRecord(agent, () => invitations.look(word));
  if (textField(body, "kind", 32) !== kind || !isOfferedKind(kind)) throw new IntroductionError("E_OFFER");
  const object = await readOffer(kind, textField(body, "offer", LONGEST_OFFER));
  const { label } = onRecord(agent, () => invitations.use(word));
  const { doc, hash } = introductions.take(object, label, "page");
  agent.logger.info("introduction.taken", { kind, hash });
  return { doc };
}

/**
 * Takes an administrator's passkeys by an invitation, which is used up by it.
 *
 * @returns the introduction's bytes, of which the page makes the words
 * @throws {@link IntroductionError} `E_INVITE`, `E_OFFER`; {@link ProtocolError} `E_ASSERT_…`, `E_REGISTRATION`,
 *   `E_ROSTER_ATTN`
 */
export async function introduceAdministrator(agent: Agent, origin: string, body: JsonCall["body"]) {
  onlyFields(body, ["invitation", "passkeys"]);
  const word = textField(body, "invitation", LONGEST_WORD);
  const { invitations, introductions } = domainOf(agent);
  const opened = onRecord(agent, () => invitations.look(word));
  const { kind, label } = opened;
  if (kind !== "administrator") throw new IntroductionError("E_OFFER");
  const names = namesOf(agent, origin, opened);
  const { attn } = domainOf(agent).rosters.current().roster;
  const makers = attn === undefined ? null : { allowed: attn, at: agent.clock.now() };
  const object = await readPasskeys(names, pageOf(origin, opened), passkeysIn(body), makers);
  onRecord(agent, () => invitations.use(word));
  const { doc, hash } = introductions.take(object, label, "page");
  agent.logger.info("introduction.taken", { kind, hash });
  return { doc };
}

/** For whom a passkey is made: by this agent's invitation and the page's own address, never by a request. */
function namesOf(agent: Agent, origin: string, { inviteId, adm }: OpenedInvitation): RegistrationNames {
  if (adm === undefined) throw new IntroductionError("E_INVITE");
  const { admins } = domainOf(agent).rosters.current().roster;
  if (channelOf(origin) === "this-machine" && !admins.some((one) => one.adm === adm))
    throw new HttpRefusal(409, "E_CHANNEL", ONE_PERSON);
  return { aid: agent.identity.aid, inviteId, adm };
}

/** Where the passkeys of an invitation are made: at this page, or at the operator's that this host named. */
function pageOf(own: string, { hosted }: OpenedInvitation): PasskeyPage {
  return hosted === undefined ? { origin: own, channel: channelOf(own) } : { origin: hosted, channel: "hosted" };
}

function passkeyAsked(agent: Agent, own: string, opened: OpenedInvitation) {
  const names = namesOf(agent, own, opened);
  const { origin, channel } = pageOf(own, opened);
  const { roster } = domainOf(agent).rosters.current();
  const known = roster.admins.find(({ adm }) => adm === names.adm);
  const called = `Holdfast approvals: ${agent.name}`;
  return {
    ...names,
    rpId: new URL(origin).hostname,
    rpName: called,
    origin,
    challenge: encodeBase64url(registerChallenge(names)),
    attestation: roster.attn === undefined ? "none" : "direct",
    user: { id: encodeBase64url(Buffer.from(names.adm, "utf8")), name: called, displayName: called },
    /** A device that has one of them makes no second one. */
    have: (known?.creds ?? [])
      .filter((one) => one.channel !== "local" && (one.channel === "hosted") === (channel === "hosted"))
      .map(({ credId }) => credId),
    ...(channel === "hosted" ? { hosted: true } : {}),
  };
}

const MOST_PASSKEYS = 4;
const LONG = 32_768;

function passkeysIn({ passkeys }: JsonCall["body"]): OfferedPasskey[] {
  if (!Array.isArray(passkeys) || passkeys.length < 1 || passkeys.length > MOST_PASSKEYS)
    throw new HttpRefusal(400, "E_SCHEMA", `passkeys is not a list of 1 to ${MOST_PASSKEYS}.`);
  return passkeys.map((_, index) => readPasskey(objectField(passkeys as never, String(index))));
}

function readPasskey(body: JsonCall["body"]): OfferedPasskey {
  onlyFields(body, ["attestation", "possession"]);
  const [attestation, possession] = [objectField(body, "attestation"), objectField(body, "possession")];
  onlyFields(attestation, ["clientDataJSON", "attestationObject"]);
  onlyFields(possession, ["credId", "clientDataJSON", "authData", "sig"]);
  return {
    attestation: {
      clientDataJSON: textField(attestation, "clientDataJSON", LONG),
      attestationObject: textField(attestation, "attestationObject", LONG),
    },
    possession: {
      credId: textField(possession, "credId"),
      clientDataJSON: textField(possession, "clientDataJSON", LONG),
      authData: textField(possession, "authData", LONG),
      sig: textField(possession, "sig"),
    },
  };
}

/** Refusals of invitations are counted: somebody may be guessing. */
function onRecord<T>(agent: Agent, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof HoldfastError) agent.refusals.count(String(error.code));
    throw error;
  }
}
