import type { ChallengePurpose } from "@holdfast/db";
import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { z } from "zod";
import { WebError } from "../web-error.ts";
import { clearCookie, readCookie, setCookie } from "./cookies.ts";
import type { SessionRequest } from "./sessions.ts";
import { randomToken, tokenHash } from "./tokens.ts";

/** Shown by authenticators beside the passkey, so that nobody takes it for one that approves. */
const RP_NAME = "Holdfast sign-in";
const CEREMONY_SECONDS = 300;
/** EdDSA, ES256, RS256. */
const ALGORITHMS = [-8, -7, -257];

/** Whose passkey is made. */
export interface NewPasskeyOwner {
  readonly purpose: Extract<ChallengePurpose, "sign-up" | "add-passkey">;
  /** Null while there is no account yet. */
  readonly accountId: string | null;
  readonly name: string;
  readonly userHandle: string;
  /** Passkeys that the person has already. */
  readonly known: readonly { readonly id: string; readonly transports: string[] }[];
}

/** Begins making a passkey: discoverable, and with its person verified. */
export async function beginRegistration(request: SessionRequest, owner: NewPasskeyOwner) {
  const options = await generateRegistrationOptions({
    rpName: RP_NAME,
    rpID: request.environment.rpId,
    userName: owner.name,
    userDisplayName: owner.name,
    userID: new Uint8Array(Buffer.from(owner.userHandle, "base64url")),
    attestationType: "none",
    excludeCredentials: owner.known.map(({ id, transports }) => ({ id, transports })),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
    supportedAlgorithmIDs: ALGORITHMS,
    timeout: CEREMONY_SECONDS * 1000,
  });
  const { accountId, name, userHandle, purpose } = owner;
  await remember(request, { purpose, challenge: options.challenge, accountId, name, userHandle });
  return options;
}

/** Begins a sign-in or step-up. Without `allowed` the authenticator offers what it has for this name. */
export async function beginAuthentication(
  request: SessionRequest,
  purpose: Extract<ChallengePurpose, "sign-in" | "step-up">,
  allowed?: { readonly accountId: string; readonly passkeys: readonly { id: string; transports: string[] }[] },
) {
  const options = await generateAuthenticationOptions({
    rpID: request.environment.rpId,
    userVerification: "required",
    timeout: CEREMONY_SECONDS * 1000,
    ...(allowed ? { allowCredentials: allowed.passkeys.map(({ id, transports }) => ({ id, transports })) } : {}),
  });
  const whose = { accountId: allowed?.accountId ?? null, name: null, userHandle: null };
  await remember(request, { purpose, challenge: options.challenge, ...whose });
  return options;
}

/** Takes the ceremony that this browser began; nobody can take it again. @throws {@link WebError} `CEREMONY` */
export async function takeCeremony(request: SessionRequest, purpose: ChallengePurpose) {
  const token = readCookie(request.headers, "ceremony", request.environment);
  clearCookie(request.answer, "ceremony", request.environment);
  const taken = token === null ? null : await request.db.identity.challenges.take(tokenHash(token), purpose);
  if (taken === null) throw new WebError("CEREMONY");
  return taken;
}

/** Verifies a new passkey. @throws {@link WebError} `PASSKEY` */
export async function verifyNewPasskey(request: SessionRequest, challenge: string, response: RegistrationResponseJSON) {
  assertNotEmbedded(response.response.clientDataJSON);
  const verified = await refused(() =>
    verifyRegistrationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: request.environment.origin.origin,
      expectedRPID: request.environment.rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    }),
  );
  if (!verified.verified) throw new WebError("PASSKEY");
  const { credential, aaguid, credentialBackedUp, credentialDeviceType } = verified.registrationInfo;
  return {
    id: credential.id,
    publicKey: Buffer.from(credential.publicKey).toString("base64url"),
    signCount: BigInt(credential.counter),
    transports: (credential.transports ?? []).map(String),
    aaguid,
    isBackedUp: credentialBackedUp,
    isSyncable: credentialDeviceType === "multiDevice",
  };
}

/** Verifies an assertion by a known passkey and records its use. @throws {@link WebError} `PASSKEY` */
export async function verifyPasskey(request: SessionRequest, challenge: string, response: AuthenticationResponseJSON) {
  const { accounts } = request.db.identity;
  const known = await accounts.findCredential(response.id);
  if (known === null) throw new WebError("PASSKEY");
  const { userHandle } = response.response;
  if (userHandle !== undefined && userHandle !== known.account.userHandle) throw new WebError("PASSKEY");
  assertNotEmbedded(response.response.clientDataJSON);
  const verified = await refused(() =>
    verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: request.environment.origin.origin,
      expectedRPID: request.environment.rpId,
      // Its counter is recorded and not judged: one passkey may live on several devices.
      credential: { id: known.id, publicKey: new Uint8Array(Buffer.from(known.publicKey, "base64url")), counter: 0 },
      requireUserVerification: true,
    }),
  );
  if (!verified.verified) throw new WebError("PASSKEY");
  const { newCounter, credentialBackedUp } = verified.authenticationInfo;
  await accounts.recordUse(known.id, { signCount: BigInt(newCounter), isBackedUp: credentialBackedUp });
  return known;
}

async function remember(
  request: SessionRequest,
  ceremony: {
    purpose: ChallengePurpose;
    challenge: string;
    accountId: string | null;
    name: string | null;
    userHandle: string | null;
  },
): Promise<void> {
  const token = randomToken();
  const expiresAt = new Date(Date.now() + CEREMONY_SECONDS * 1000);
  await request.db.identity.challenges.put({ ...ceremony, tokenHash: tokenHash(token), expiresAt });
  setCookie(request.answer, { name: "ceremony", value: token, maxAgeSeconds: CEREMONY_SECONDS }, request.environment);
}

/** Our pages are in no frame, so a ceremony in one is not ours; the verifier minds this only where a top origin is named. */
function assertNotEmbedded(clientDataJSON: string): void {
  const told = z
    .object({ crossOrigin: z.literal(false).optional(), topOrigin: z.undefined().optional() })
    .safeParse(jsonOf(clientDataJSON));
  if (!told.success) throw new WebError("PASSKEY");
}

function jsonOf(base64url: string): unknown {
  try {
    return JSON.parse(Buffer.from(base64url, "base64url").toString("utf8"));
  } catch {
    throw new WebError("PASSKEY");
  }
}

/** Whatever the verifier finds wrong is one answer, so that it teaches nobody what to mend. */
async function refused<T>(verify: () => Promise<T>): Promise<T> {
  try {
    return await verify();
  } catch (cause) {
    const error = new WebError("PASSKEY");
    error.cause = cause;
    throw error;
  }
}
