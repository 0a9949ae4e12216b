import type { Verified } from "../brand.ts";
import { decodeBase64url } from "../encoding/base64url.ts";
import { ProtocolError } from "../errors.ts";
import { addedAgents, isSameAgent } from "../join/added-agents.ts";
import { isSameCredential } from "../roster/check-roster.ts";
import { findCredential } from "../roster/quorum.ts";
import { addedRecoveryKeys } from "../roster/recovery-keys.ts";
import type { Administrator, PasskeyCredential, PinnedRoster, Roster } from "../roster/roster.ts";
import type { PasskeyPossession, RecoveryPossession } from "../roster/roster-link.ts";
import { type Introduction, type IntroductionOf, introductionHash, parseIntroduction } from "./introduction.ts";

/** A passkey that a link adds, and whose it is. */
export interface AddedPasskey {
  readonly administrator: Administrator;
  readonly credential: PasskeyCredential;
}

/** What a newcomer of a link gave. */
export type LinkIntroduction =
  | IntroductionOf<"administrator">
  | IntroductionOf<"agent">
  | IntroductionOf<"replacement-key">;
/** What a link's introductions say, by their hashes. */
export type LinkIntroductions = Verified<ReadonlyMap<string, LinkIntroduction>>;

/** How far an agent's clock may have been ahead when it took an introduction, in seconds. */
const AHEAD_SECONDS = 600;

/** Every passkey that the next roster has and the old one has not; they have to be introduced. */
export function addedPasskeys(old: Pick<Roster, "admins">, next: Pick<Roster, "admins">): readonly AddedPasskey[] {
  return next.admins.flatMap((administrator) =>
    administrator.creds.flatMap((credential) =>
      credential.channel === "local" || findCredential(old, credential.credId) !== null
        ? []
        : [{ administrator, credential }],
    ),
  );
}

/**
 * Holds the introductions that came with a link against it: every passkey it adds stands in one of them, member by
 * member and for the same person, and so does every agent with its keys and every replacement key; no introduction comes
 * besides.
 *
 * Caller must: know besides that this agent took each of them itself, and verify the link ({@link acceptRosterLink}).
 *
 * @param intros - The introductions, base64url.
 * @param at - When the link was first accepted, Unix seconds.
 * @throws {@link ProtocolError} `E_INTRO`
 * @see docs/spec/introduction.md section 5
 */
export function verifyLinkIntroductions(
  old: Pick<Roster, "admins" | "agents" | "recovery">,
  { tid, roster }: Pick<PinnedRoster, "tid" | "roster">,
  intros: readonly string[],
  at: number,
): LinkIntroductions {
  const found = new Map<string, LinkIntroduction>();
  for (const text of intros) {
    const bytes = decodeBase64url(text);
    const hash = introductionHash(bytes);
    if (found.has(hash)) throw refused("The same introduction comes twice.");
    found.set(hash, readNewcomer(bytes, tid, at));
  }
  const added = addedPasskeys(old, roster);
  const used = new Set<string>();
  for (const { administrator, credential } of added) {
    const hash = [...found].find(([, introduction]) => introduces(introduction, administrator, credential))?.[0];
    if (hash === undefined) throw refused("A passkey is added that nobody introduced for this administrator.");
    used.add(hash);
  }
  for (const agent of addedAgents(old, roster)) {
    const hash = [...found].find(([, { object }]) => object.kind === "agent" && isSameAgent(object.agent, agent))?.[0];
    if (hash === undefined) throw refused("A key server is added that nobody introduced.");
    used.add(hash);
  }
  for (const key of addedRecoveryKeys(old, roster)) {
    const hash = [...found].find(
      ([, { object }]) => object.kind === "replacement-key" && isSameKey(object.key, key),
    )?.[0];
    if (hash === undefined) throw refused("A replacement key is added that nobody introduced.");
    used.add(hash);
  }
  if (used.size !== found.size) throw refused("An introduction comes with the link that it does not need.");
  return found as unknown as LinkIntroductions;
}

/** The proofs of possession that introductions bring, of the passkeys and replacement keys that the next roster adds. */
export function introducedPossession(
  introductions: Iterable<Pick<LinkIntroduction, "object">>,
  old: Pick<Roster, "admins" | "recovery">,
  next: Pick<Roster, "admins" | "recovery">,
): readonly (PasskeyPossession | RecoveryPossession)[] {
  const passkeys = new Set(addedPasskeys(old, next).map(({ credential: { credId } }) => credId));
  const keys = new Set(addedRecoveryKeys(old, next).map(({ cose }) => cose));
  return [...introductions].flatMap(({ object }) => {
    if (object.kind === "administrator") return object.possession.filter(({ credId }) => passkeys.has(credId));
    return object.kind === "replacement-key" && keys.has(object.key.cose) ? [object.possession] : [];
  });
}

function isSameKey(one: { readonly alg: string; readonly cose: string }, other: typeof one): boolean {
  return one.alg === other.alg && one.cose === other.cose;
}

function introduces({ object }: LinkIntroduction, { adm }: Administrator, credential: PasskeyCredential): boolean {
  return (
    object.kind === "administrator" &&
    object.adm === adm &&
    object.creds.some((one) => isSameCredential(one, credential))
  );
}

function readNewcomer(bytes: Uint8Array, tid: string, at: number): LinkIntroduction {
  const introduction = read(bytes);
  if (!isNewcomer(introduction)) throw refused("What was introduced is of another kind.");
  if (introduction.tid !== tid) throw refused("It was introduced to another environment.");
  if (at > introduction.until || introduction.issued > at + AHEAD_SECONDS) throw refused("The introduction is over.");
  return introduction;
}

function isNewcomer(introduction: Introduction): introduction is LinkIntroduction {
  const { kind } = introduction.object;
  return kind === "administrator" || kind === "agent" || kind === "replacement-key";
}

function read(bytes: Uint8Array): Introduction {
  try {
    return parseIntroduction(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) throw refused("An introduction cannot be read.");
    throw error;
  }
}

function refused(message: string): ProtocolError {
  return new ProtocolError("E_INTRO", message);
}
