import { decodeBase64url, encodeBase64url } from "@holdfast/protocol";
import { PageRefusal } from "../agent-page.ts";

const ALGORITHMS = [-7, -8, -257] as const;
const SEED_BYTES = 32;

/** A custodian's passkey, named for its seat; it approves nothing. */
export interface CustodianPasskey {
  readonly rpId: string;
  readonly rpName: string;
  readonly label: string;
  readonly seat: string;
}

/**
 * Makes a passkey for a custodian. Call it from a click only.
 *
 * @returns its id, base64url
 * @throws {@link PageRefusal} `E_PASSKEY`
 */
export async function createCustodianPasskey(
  { rpId, rpName, label, seat }: CustodianPasskey,
  salt: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const created = await ask(() =>
    navigator.credentials.create({
      publicKey: {
        rp: { id: rpId, name: rpName },
        user: { id: new TextEncoder().encode(seat), name: `${label} (custodian)`, displayName: `${label} (custodian)` },
        challenge: crypto.getRandomValues(new Uint8Array(32)),
        pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: "public-key", alg })),
        authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
        attestation: "none",
        extensions: { prf: { eval: { first: salt } } },
        timeout: 120_000,
      },
    }),
  );
  return encodeBase64url(new Uint8Array(created.rawId));
}

/**
 * The 32 bytes that a custodian's passkey makes for this salt; the signature that comes with them is thrown away. The
 * caller wipes them. Call it from a click only.
 *
 * @throws {@link PageRefusal} `E_PASSKEY`, `E_PRF` where the passkey, its device or this browser has no PRF
 */
export async function passkeySeed(
  rpId: string,
  credIds: readonly string[],
  salt: Uint8Array<ArrayBuffer>,
): Promise<{ credId: string; seed: Uint8Array<ArrayBuffer> }> {
  const asserted = await ask(() =>
    navigator.credentials.get({
      publicKey: {
        rpId,
        challenge: crypto.getRandomValues(new Uint8Array(32)),
        allowCredentials: credIds.map((id) => ({ type: "public-key", id: decodeBase64url(id).slice() })),
        userVerification: "required",
        extensions: { prf: { eval: { first: salt } } },
        timeout: 120_000,
      },
    }),
  );
  const first = asserted.getClientExtensionResults().prf?.results?.first;
  const seed = first instanceof ArrayBuffer ? new Uint8Array(first.slice(0)) : null;
  if (seed?.length !== SEED_BYTES)
    throw new PageRefusal(
      "E_PRF",
      "This passkey makes no secret: the device or the browser has no PRF.",
      "Use your key file. Another device or browser may do it.",
    );
  return { credId: encodeBase64url(new Uint8Array(asserted.rawId)), seed };
}

async function ask(call: () => Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    const credential = await call();
    if (credential instanceof PublicKeyCredential) return credential;
  } catch {
    // Said below: why a passkey was not used is the browser's to tell.
  }
  throw new PageRefusal(
    "E_PASSKEY",
    "The passkey was not used: it was cancelled, timed out, or this device has none for this page.",
    "Nothing was changed. Try again, or use your key file.",
  );
}
