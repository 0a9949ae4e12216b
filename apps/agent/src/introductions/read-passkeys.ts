import {
  type IntroducedObject,
  type MakersAt,
  type PasskeyCredential,
  type PasskeyPossession,
  parseRegistration,
  type RegistrationNames,
  type RegistrationResponse,
  registerChallenge,
  verifyAssertion,
} from "@holdfast/protocol";
import { IntroductionError } from "./errors.ts";

/** One passkey as the page sends it: how it was made, and its first signature. All hostile. */
export interface OfferedPasskey {
  readonly attestation: RegistrationResponse;
  readonly possession: Pick<PasskeyPossession, "credId" | "clientDataJSON" | "authData" | "sig">;
}

/** The page that passkeys belong to. */
export type PasskeyPage = Pick<PasskeyCredential, "origin" | "channel">;

/**
 * Takes an administrator's passkeys: each was made for the page's origin under this invitation, and has signed once.
 *
 * @param names - What the passkeys signed: this agent, the invitation and whom it is for.
 * @param page - Where they were made and what they count as, from the agent's configuration.
 * @param makers - Which makers the roster takes, and the time; null for any.
 * @throws {@link ProtocolError} `E_ASSERT_…`, `E_REGISTRATION`, `E_ROSTER_ATTN`; {@link IntroductionError} `E_OFFER`
 */
export async function readPasskeys(
  names: RegistrationNames,
  { origin, channel }: PasskeyPage,
  offered: readonly OfferedPasskey[],
  makers: MakersAt | null,
): Promise<IntroducedObject> {
  const challenge = registerChallenge(names);
  const rpId = new URL(origin).hostname;
  const creds: PasskeyCredential[] = [];
  const possession: PasskeyPossession[] = [];
  for (const { attestation, possession: given } of offered) {
    const passkey = await parseRegistration(attestation, { challenge, origin, rpId }, makers);
    const credential: PasskeyCredential = { ...passkey, rpId, origin, channel };
    const { credId, clientDataJSON, authData, sig } = given;
    if (credId !== credential.credId) throw new IntroductionError("E_OFFER", "Another passkey signed.");
    await verifyAssertion({ clientDataJSON, authData, sig }, credential, challenge);
    creds.push(credential);
    possession.push({ ...names, credId, clientDataJSON, authData, sig, ...(makers === null ? {} : { attestation }) });
  }
  const isDifferent = (member: "credId" | "cose") => new Set(creds.map((one) => one[member])).size === creds.length;
  if (creds.length === 0 || !isDifferent("credId") || !isDifferent("cose"))
    throw new IntroductionError("E_OFFER", "Give one to four different passkeys.");
  return { kind: "administrator", adm: names.adm, creds, possession };
}
