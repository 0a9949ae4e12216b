import { decodeBase64url, encodeBase64url } from "@holdfast/protocol";
import type { PasskeyAsked } from "../agent-page.ts";
import { PageRefusal } from "../agent-page.ts";

/** A passkey's answer as the agent takes it: every member base64url. */
export interface Assertion {
  credId: string;
  clientDataJSON: string;
  authData: string;
  sig: string;
}

/** A new passkey as the browser tells of it. */
export interface CreatedPasskey {
  credId: string;
  clientDataJSON: string;
  attestationObject: string;
}

/** COSE algorithm numbers an approval passkey may have: ES256, EdDSA, RS256. */
const ALGORITHMS = [-7, -8, -257] as const;

/**
 * Makes an approval passkey. Call it from a click only.
 *
 * @param have - Passkeys of the same person: a device that holds one of them makes no second one.
 * @throws {@link PageRefusal} `E_PASSKEY` when the browser or the person declined.
 */
export async function createPasskey(opened: PasskeyAsked, have: readonly string[] = []): Promise<CreatedPasskey> {
  const created = await ask(() =>
    navigator.credentials.create({
      publicKey: {
        rp: { id: opened.rpId, name: opened.rpName },
        user: {
          id: bytes(opened.user.id),
          name: opened.user.name,
          displayName: opened.user.displayName,
        },
        challenge: bytes(opened.challenge),
        pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
        excludeCredentials: have.map((id) => ({ type: "public-key", id: bytes(id) })),
        authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
        attestation: opened.attestation,
        timeout: 120_000,
      },
    }),
  );
  const response = created.response as AuthenticatorAttestationResponse;
  return {
    credId: encodeBase64url(new Uint8Array(created.rawId)),
    clientDataJSON: encodeBase64url(new Uint8Array(response.clientDataJSON)),
    attestationObject: encodeBase64url(new Uint8Array(response.attestationObject)),
  };
}

/**
 * Asks a passkey of this page for its signature over a challenge. Call it from a click only.
 *
 * @throws {@link PageRefusal} `E_PASSKEY` when the browser or the person declined.
 */
export async function assertPasskey(
  rpId: string,
  credIds: readonly string[],
  challenge: Uint8Array,
): Promise<Assertion> {
  const asserted = await ask(() =>
    navigator.credentials.get({
      publicKey: {
        rpId,
        challenge: challenge.slice().buffer,
        allowCredentials: credIds.map((id) => ({ type: "public-key", id: bytes(id) })),
        userVerification: "required",
        timeout: 120_000,
      },
    }),
  );
  const response = asserted.response as AuthenticatorAssertionResponse;
  return {
    credId: encodeBase64url(new Uint8Array(asserted.rawId)),
    clientDataJSON: encodeBase64url(new Uint8Array(response.clientDataJSON)),
    authData: encodeBase64url(new Uint8Array(response.authenticatorData)),
    sig: encodeBase64url(new Uint8Array(response.signature)),
  };
}

async function ask(call: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  if (!("PublicKeyCredential" in window)) {
    throw new PageRefusal(
      "E_PASSKEY",
      "This browser has no passkeys here.",
      "Open this page in a current Chrome, Edge, Firefox or Safari, at exactly the address the console printed.",
    );
  }
  try {
    const credential = await call();
    if (credential instanceof PublicKeyCredential) return credential;
  } catch (error) {
    if (error instanceof DOMException && error.name === "SecurityError") {
      throw new PageRefusal(
        "E_PASSKEY",
        "This address is not the one your passkeys belong to.",
        "Open this page at exactly the address the console printed.",
      );
    }
    if (error instanceof DOMException && error.name === "InvalidStateError") {
      throw new PageRefusal(
        "E_PASSKEY",
        "This device has a passkey for this page already.",
        "A second one is worth having on another device: your phone or a security key, when the browser asks.",
      );
    }
  }
  throw new PageRefusal(
    "E_PASSKEY",
    "The passkey was not used: it was cancelled, timed out, or this device has none for this page.",
    "Nothing was changed. Try again, or choose your phone or security key when the browser asks.",
  );
}

function bytes(text: string): ArrayBuffer {
  return decodeBase64url(text).slice().buffer;
}
