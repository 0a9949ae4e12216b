import { encodeBase64url } from "../encoding/base64url.ts";
import { findUtf8 } from "../encoding/bytes.ts";
import { ProtocolError } from "../errors.ts";
import { findStrictJson } from "./strict-json.ts";

/** Largest clientDataJSON. */
const MAX_CLIENT_DATA_BYTES = 4096;

/** What a browser must have signed over. */
export interface ExpectedClientData {
  readonly type: "webauthn.get" | "webauthn.create";
  readonly challenge: Uint8Array;
  /** The full origin, port included. */
  readonly origin: string;
}

/**
 * Checks a clientDataJSON.
 *
 * Type, challenge and origin must be these very strings; crossOrigin may be absent (Safari) or false; topOrigin must be
 * absent; other members are ignored.
 *
 * @throws {@link ProtocolError} `E_ASSERT_CLIENTDATA`
 * @see Web Authentication Level 3 section 5.8.1; docs/spec/approval.md
 */
export function checkClientData(bytes: Uint8Array, expected: ExpectedClientData): void {
  if (bytes.length > MAX_CLIENT_DATA_BYTES) throw refused("is too large");
  const text = findUtf8(bytes);
  if (text === usualText(expected)) return;
  const data = text === null ? undefined : findStrictJson(text);
  if (!(data instanceof Map)) throw refused("is not strict JSON");
  if (data.get("type") !== expected.type) throw refused("is of another type");
  if (data.get("challenge") !== encodeBase64url(expected.challenge)) throw refused("answers another challenge");
  if (data.get("origin") !== expected.origin) throw refused("comes from another origin");
  if (data.has("crossOrigin") && data.get("crossOrigin") !== false) throw refused("was made in a frame");
  if (data.has("topOrigin")) throw refused("was made in a frame");
}

/**
 * What a browser writes where it adds nothing of its own, in the order and spelling that WebAuthn lays down: all that is
 * judged below holds of it.
 */
function usualText({ type, challenge, origin }: ExpectedClientData): string {
  return `{"type":"${type}","challenge":"${encodeBase64url(challenge)}","origin":${JSON.stringify(origin)},"crossOrigin":false}`;
}

function refused(problem: string): ProtocolError {
  return new ProtocolError("E_ASSERT_CLIENTDATA", `The passkey's client data ${problem}.`);
}
