import { startAuthentication, startRegistration } from "@simplewebauthn/browser";

type CreationOptions = Parameters<typeof startRegistration>[0]["optionsJSON"];
type RequestOptions = Parameters<typeof startAuthentication>[0]["optionsJSON"];

/** Makes a sign-in passkey with the server's options. */
export async function createPasskey(optionsJSON: CreationOptions) {
  const { clientExtensionResults, ...response } = await startRegistration({ optionsJSON });
  return { ...response, clientExtensionResults: { ...clientExtensionResults } };
}

/** Shows a sign-in passkey with the server's options. */
export async function showPasskey(optionsJSON: RequestOptions) {
  const { clientExtensionResults, ...response } = await startAuthentication({ optionsJSON });
  return { ...response, clientExtensionResults: { ...clientExtensionResults } };
}
