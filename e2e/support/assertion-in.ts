import { encodeBase64url } from "@holdfast/protocol";
import type { Frame, Page } from "playwright-core";

/** A passkey's answer, every member base64url, as the key server's page sends it. */
export interface AssertionMade {
  readonly credId: string;
  readonly clientDataJSON: string;
  readonly authData: string;
  readonly sig: string;
}

/**
 * Asks a passkey from within a page, as that page's own script would.
 *
 * @returns the assertion, or the name of the error with which the browser refused.
 */
export async function assertionIn(
  place: Page | Frame,
  rpId: string,
  challenge: Uint8Array,
): Promise<AssertionMade | { readonly refused: string }> {
  await ("page" in place ? place.page() : place).bringToFront();
  return place.evaluate(
    async ({ rpId: asked, text }) => {
      const bytes = (value: string) =>
        Uint8Array.from(atob(value.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
      const base64url = (value: ArrayBuffer) =>
        btoa(String.fromCharCode(...new Uint8Array(value)))
          .replaceAll("+", "-")
          .replaceAll("/", "_")
          .replaceAll("=", "");
      try {
        const credential = (await navigator.credentials.get({
          publicKey: { rpId: asked, challenge: bytes(text), userVerification: "required", timeout: 10_000 },
        })) as PublicKeyCredential;
        const response = credential.response as AuthenticatorAssertionResponse;
        return {
          credId: base64url(credential.rawId),
          clientDataJSON: base64url(response.clientDataJSON),
          authData: base64url(response.authenticatorData),
          sig: base64url(response.signature),
        };
      } catch (error) {
        return { refused: (error as DOMException).name };
      }
    },
    { rpId, text: encodeBase64url(challenge) },
  );
}
