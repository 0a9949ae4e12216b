import { createHash } from "node:crypto";
import { randomBytes, type SigningHandle } from "@holdfast/crypto";

/** The one media type of this protocol. */
export const MEDIA_TYPE = "application/json";

/** What is signed of a request. */
export interface SignedRequest {
  readonly method: "POST";
  /** The absolute address, as the agent dials it. */
  readonly url: string;
  readonly body: Uint8Array;
  /** Unix seconds. */
  readonly created: number;
}

/**
 * Signs a request with the agent's identity key: HTTP message signature over method, address, digest and media type.
 *
 * @returns the headers that carry it
 * @see RFC 9421 section 3.1, RFC 9530 (Content-Digest); docs/spec/gateway.md
 */
export function signRequest(
  request: SignedRequest,
  aid: string,
  aik: Pick<SigningHandle, "sign">,
): Record<string, string> {
  const digest = `sha-256=:${createHash("sha256").update(request.body).digest("base64")}:`;
  const nonce = Buffer.from(randomBytes(16)).toString("base64url");
  const parameters = `("@method" "@target-uri" "content-digest" "content-type");created=${request.created};nonce="${nonce}";keyid="${aid}";tag="holdfast-agent"`;
  const base = [
    `"@method": ${request.method}`,
    `"@target-uri": ${request.url}`,
    `"content-digest": ${digest}`,
    `"content-type": ${MEDIA_TYPE}`,
    `"@signature-params": ${parameters}`,
  ].join("\n");
  const signature = aik.sign(Buffer.from(base, "utf8"), "raw").toString("base64");
  return {
    "content-type": MEDIA_TYPE,
    "content-digest": digest,
    "signature-input": `sig1=${parameters}`,
    signature: `sig1=:${signature}:`,
  };
}
