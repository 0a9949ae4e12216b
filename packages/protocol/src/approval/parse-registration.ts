import type { Untrusted } from "../brand.ts";
import { type CborMap, readCbor } from "../cose/cbor.ts";
import { type CoseKey, readCoseKey } from "../cose/cose-key.ts";
import { verifySignature } from "../cose/verify-signature.ts";
import { encodeBase64url, findBase64url } from "../encoding/base64url.ts";
import { concatBytes } from "../encoding/bytes.ts";
import { sha256 } from "../encoding/hash.ts";
import { ProtocolError } from "../errors.ts";
import { type AllowedMakers, verifyMaker } from "../maker/verify-maker.ts";
import type { PasskeyCredential } from "../roster/roster.ts";
import { type AuthenticatorFlags, checkAuthenticatorData } from "./authenticator-data.ts";
import { checkClientData } from "./check-client-data.ts";

/** What `navigator.credentials.create()` gave; both base64url. */
export interface RegistrationResponse {
  readonly clientDataJSON: string;
  readonly attestationObject: string;
}

/** Which makers are allowed, and when their certificates must be valid, Unix seconds. */
export interface MakersAt {
  readonly allowed: AllowedMakers;
  readonly at: number;
}

/** Where and for what a passkey is registered: from the agent's configuration, never from a request. */
export interface ExpectedRegistration {
  readonly challenge: Uint8Array;
  readonly origin: string;
  readonly rpId: string;
}

/** What a registration says about the new passkey. */
export type RegisteredPasskey = Pick<PasskeyCredential, "credId" | "cose" | "alg" | "aaguid" | "be" | "att">;

/** What a registration says of where the passkey was made: not judged before `verifyMaker` has. */
export interface AttestationStatement {
  readonly format: "none" | "packed" | "tpm";
  readonly statement: CborMap;
  readonly key: CoseKey;
  /** Authenticator data and the client data's hash. */
  readonly signed: Uint8Array;
}

const AAGUID_BYTES = 16;
const CREDENTIAL_AT = 37 + AAGUID_BYTES + 2;
const MAX_CREDENTIAL_ID_BYTES = 1023;
const ALGORITHM_NUMBER = { ES256: -7, EdDSA: -8, RS256: -257 } as const;

/**
 * Reads the result of a passkey's registration.
 *
 * With `makers` the passkey's maker is judged, and it is recorded as verified. Without, a certificate in the attestation
 * counts for nothing, and the credential is recorded as unattested.
 * Possession is proved by a `get()` that follows ({@link verifyAssertion} over the same challenge).
 *
 * @throws {@link ProtocolError} `E_ASSERT_CLIENTDATA`, `E_ASSERT_RPID`, `E_ASSERT_UV`, `E_ASSERT_BACKUP`;
 *   `E_REGISTRATION` for an attestation of another form, `E_ASSERT_SIG` for a self attestation that does not fit,
 *   `E_ROSTER_ATTN` for a maker that is not proved
 * @see Web Authentication Level 3 section 7.1
 */
export async function parseRegistration(
  response: Untrusted<RegistrationResponse>,
  expected: ExpectedRegistration,
  makers: MakersAt | null = null,
): Promise<RegisteredPasskey> {
  const clientData = findBase64url(response.clientDataJSON);
  if (clientData === null)
    throw new ProtocolError("E_ASSERT_CLIENTDATA", "The client data is not canonical base64url.");
  checkClientData(clientData, { type: "webauthn.create", challenge: expected.challenge, origin: expected.origin });
  const { format, statement, authData } = readAttestationObject(response.attestationObject);
  const flags = checkAuthenticatorData(authData, expected.rpId);
  const { aaguid: model, credId, key, cose } = readAttestedCredential(authData, flags);
  const aaguid = encodeBase64url(model);
  const be = flags.backupEligible;
  const attested = { format, statement, key, signed: concatBytes(authData, sha256(clientData)) };
  if (makers !== null) await verifyMaker({ aaguid, be, attested }, makers.allowed, makers.at);
  const att = makers === null ? await attestationKind(attested) : "verified";
  return { credId: encodeBase64url(credId), cose: encodeBase64url(cose), alg: key.alg, aaguid, be, att };
}

interface AttestationObject {
  readonly format: AttestationStatement["format"];
  readonly statement: CborMap;
  readonly authData: Uint8Array;
}

function readAttestationObject(encoded: string): AttestationObject {
  const bytes = findBase64url(encoded);
  if (bytes === null || bytes.length > 16_384) throw malformed("is not canonical base64url of a sensible size");
  const { value, end } = readStrictCbor(bytes, 0);
  if (!(value instanceof Map) || value.size !== 3 || end !== bytes.length)
    throw malformed("is not an attestation object");
  const format = value.get("fmt");
  const statement = value.get("attStmt");
  const authData = value.get("authData");
  if (!(statement instanceof Map) || !(authData instanceof Uint8Array)) throw malformed("is not an attestation object");
  if (format !== "none" && format !== "packed" && format !== "tpm")
    throw malformed("is of a form that is not accepted");
  if (format === "none" && statement.size !== 0) throw malformed("says none and brings a statement");
  return { format, statement, authData };
}

function readAttestedCredential(authData: Uint8Array, flags: AuthenticatorFlags) {
  if (!flags.attested) throw malformed("brings no credential");
  const aaguid = authData.slice(37, 37 + AAGUID_BYTES);
  const length = ((authData[CREDENTIAL_AT - 2] ?? 0) << 8) | (authData[CREDENTIAL_AT - 1] ?? 0);
  const keyAt = CREDENTIAL_AT + length;
  if (length < 1 || length > MAX_CREDENTIAL_ID_BYTES || keyAt >= authData.length)
    throw malformed("brings no credential");
  const { key, end } = readKey(authData, keyAt);
  // Extensions, where there are any, are one map that ends the data.
  const last = flags.extended ? readStrictCbor(authData, end).end : end;
  if (last !== authData.length) throw malformed("holds more than a credential");
  return { aaguid, credId: authData.slice(CREDENTIAL_AT, keyAt), key, cose: authData.slice(keyAt, end) };
}

async function attestationKind({
  format,
  statement,
  key,
  signed,
}: AttestationStatement): Promise<PasskeyCredential["att"]> {
  if (format === "none" || statement.has("x5c")) return "none";
  const signature = statement.get("sig");
  if (
    !(signature instanceof Uint8Array) ||
    statement.get("alg") !== ALGORITHM_NUMBER[key.alg] ||
    statement.size !== 2
  ) {
    throw malformed("is not a self attestation");
  }
  if (!(await verifySignature(key, signature, signed, "der"))) {
    throw new ProtocolError("E_ASSERT_SIG", "The passkey's self attestation does not fit.");
  }
  return "self";
}

function readKey(bytes: Uint8Array, from: number) {
  try {
    return readCoseKey(bytes, from);
  } catch {
    throw malformed("brings a key of no known kind");
  }
}

function readStrictCbor(bytes: Uint8Array, from: number) {
  try {
    return readCbor(bytes, from);
  } catch {
    throw malformed("is not deterministic CBOR");
  }
}

function malformed(problem: string): ProtocolError {
  return new ProtocolError("E_REGISTRATION", `The passkey's registration ${problem}.`);
}
