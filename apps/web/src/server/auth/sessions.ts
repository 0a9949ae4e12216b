import { type Db, uuidV7 } from "@holdfast/db";
import type { WebEnvironment } from "../env.ts";
import { clearCookie, readCookie, setCookie } from "./cookies.ts";
import { deviceOf } from "./device.ts";
import { randomToken, tokenHash } from "./tokens.ts";

/** A session ends this long after sign-in, used or not. */
const ABSOLUTE_SECONDS = 30 * 86_400;
/** A session ends when it was not used for this long. */
const IDLE_SECONDS = 3 * 86_400;
/** `lastSeenAt` is not written more often than this. */
const SEEN_EVERY_MS = 60_000;
/** How long after showing a passkey its person may change passkeys and sessions. */
export const FRESH_SECONDS = 600;

/** Who is signed in. */
export interface SignedIn {
  readonly account: { readonly id: string; readonly name: string; readonly userHandle: string };
  readonly session: {
    readonly id: string;
    readonly tokenHash: string;
    readonly credentialId: string;
    readonly steppedUpAt: Date;
  };
}

/** What reading and writing sessions needs of a request. */
export interface SessionRequest {
  readonly db: Db;
  readonly environment: WebEnvironment;
  readonly headers: Headers;
  /** Headers of the answer. */
  readonly answer: Headers;
}

/** Who the request's cookie belongs to; null for nobody, and for a session that has run out. */
export async function findSignedIn(request: SessionRequest): Promise<SignedIn | null> {
  const token = readCookie(request.headers, "session", request.environment);
  if (token === null) return null;
  const found = await request.db.identity.sessions.find(tokenHash(token));
  if (found === null) return null;
  const now = Date.now();
  if (found.expiresAt.getTime() <= now || found.lastSeenAt.getTime() + IDLE_SECONDS * 1000 <= now) {
    await request.db.identity.sessions.end(found.tokenHash);
    return null;
  }
  if (found.lastSeenAt.getTime() + SEEN_EVERY_MS < now) await request.db.identity.sessions.recordSeen(found.tokenHash);
  const { id, credentialId, steppedUpAt, account } = found;
  return {
    account: { id: account.id, name: account.name, userHandle: account.userHandle },
    session: { id, tokenHash: found.tokenHash, credentialId, steppedUpAt },
  };
}

/** Signs a person in: a new session with a new token, whatever the browser had before. */
export async function startSession(
  request: SessionRequest,
  who: { readonly accountId: string; readonly credentialId: string },
): Promise<void> {
  const before = readCookie(request.headers, "session", request.environment);
  if (before !== null) await request.db.identity.sessions.end(tokenHash(before));
  const token = randomToken();
  await request.db.identity.sessions.create({
    ...who,
    id: uuidV7(),
    tokenHash: tokenHash(token),
    device: deviceOf(request.headers.get("user-agent")),
    expiresAt: new Date(Date.now() + ABSOLUTE_SECONDS * 1000),
  });
  giveToken(request, token);
}

/** Gives a session a new token after its person has shown a passkey again. @returns false when it has ended. */
export async function stepUpSession(request: SessionRequest, signedIn: SignedIn, credentialId: string) {
  const token = randomToken();
  const { tokenHash: old } = signedIn.session;
  const stepped = await request.db.identity.sessions.stepUp(old, { tokenHash: tokenHash(token), credentialId });
  if (stepped) giveToken(request, token);
  return stepped;
}

/** Ends the browser's own session, if it has one. */
export async function endSession(request: SessionRequest): Promise<void> {
  const token = readCookie(request.headers, "session", request.environment);
  if (token !== null) await request.db.identity.sessions.end(tokenHash(token));
  clearCookie(request.answer, "session", request.environment);
}

/** Whether the person has shown a passkey recently enough to change passkeys and sessions. */
export function isFresh({ session }: SignedIn, now: number = Date.now()): boolean {
  return session.steppedUpAt.getTime() + FRESH_SECONDS * 1000 > now;
}

function giveToken(request: SessionRequest, value: string): void {
  setCookie(request.answer, { name: "session", value, maxAgeSeconds: ABSOLUTE_SECONDS }, request.environment);
}
