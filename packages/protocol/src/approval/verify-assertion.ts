import type { Untrusted } from "../brand.ts";
import { coseKeyOf } from "../cose/known-keys.ts";
import { verifySignature } from "../cose/verify-signature.ts";
import { findBase64url } from "../encoding/base64url.ts";
import { concatBytes } from "../encoding/bytes.ts";
import { sha256 } from "../encoding/hash.ts";
import { ProtocolError, type ProtocolErrorCode } from "../errors.ts";
import type { PasskeyCredential } from "../roster/roster.ts";
import { ASSERTION_DATA_BYTES, checkAuthenticatorData } from "./authenticator-data.ts";
import { checkClientData } from "./check-client-data.ts";

/** What a passkey answered; every member base64url. */
export interface Assertion {
  readonly clientDataJSON: string;
  readonly authData: string;
  readonly sig: string;
}

/** What a verified assertion tells besides: recorded, never judged. */
export interface AssertionFacts {
  readonly signCount: number;
  readonly backedUp: boolean;
}

/** Which credential was expected, as the roster has it. */
export type ExpectedCredential = Pick<PasskeyCredential, "cose" | "rpId" | "origin" | "be">;

/**
 * Verifies a passkey's assertion over a challenge, by its own strict rules.
 *
 * Trusts: `credential` (from a verified roster) and `challenge` (built by the caller from the documents). Treats the
 * assertion as hostile.
 *
 * @throws {@link ProtocolError} `E_ASSERT_CLIENTDATA`, `E_ASSERT_RPID` (also for authenticator data of another shape),
 *   `E_ASSERT_UV`, `E_ASSERT_BACKUP`, `E_ASSERT_SIG`
 * @see Web Authentication Level 3 section 7.2; docs/spec/approval.md
 */
export async function verifyAssertion(
  assertion: Untrusted<Assertion>,
  credential: ExpectedCredential,
  challenge: Uint8Array,
): Promise<AssertionFacts> {
  const clientData = decodeMember(assertion.clientDataJSON, "E_ASSERT_CLIENTDATA");
  checkClientData(clientData, { type: "webauthn.get", challenge, origin: credential.origin });
  const authData = decodeMember(assertion.authData, "E_ASSERT_RPID");
  const flags = checkAuthenticatorData(authData, credential.rpId);
  if (flags.backupEligible !== credential.be) {
    throw new ProtocolError("E_ASSERT_BACKUP", "The passkey's ability to be copied is not the registered one.");
  }
  if (flags.attested || flags.extended || authData.length !== ASSERTION_DATA_BYTES) {
    throw new ProtocolError("E_ASSERT_RPID", "The passkey's authenticator data holds more than an assertion has.");
  }
  const signature = decodeMember(assertion.sig, "E_ASSERT_SIG");
  const key = coseKeyOf(credential.cose);
  if (!(await verifySignature(key, signature, concatBytes(authData, sha256(clientData)), "der"))) {
    throw new ProtocolError("E_ASSERT_SIG", "The passkey's signature does not fit.");
  }
  return { signCount: flags.signCount, backedUp: flags.backedUp };
}

function decodeMember(text: string, code: ProtocolErrorCode): Uint8Array<ArrayBuffer> {
  const bytes = findBase64url(text);
  if (bytes === null) throw new ProtocolError(code, "A member of the assertion is not canonical base64url.");
  return bytes;
}
