import { createHash } from "node:crypto";
import { decodeBase64url, importVerifyingKey, parseCoseKey } from "@holdfast/protocol";
import { GatewayError } from "../gateway-error.ts";
import type { RequestSignature } from "./read-signature.ts";

/** What was signed besides the headers. */
export interface SignedRequest {
  readonly url: string;
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly signature: RequestSignature;
}

/** How far an agent's clock may be off, and how long its nonces are remembered. */
export const CLOCK_SECONDS = 60;
export const NONCE_SECONDS = 300;

/**
 * Verifies a request's signature by an agent's aik, and that it was made now.
 *
 * Caller must: use the nonce up afterwards.
 *
 * @throws {@link GatewayError} `E_CLOCK`, `E_SIG`
 * @see RFC 9421; docs/spec/gateway.md section 2
 */
export async function verifyRequest(request: SignedRequest, aik: string, now: number): Promise<void> {
  const { signature, body } = request;
  const off = Math.abs(now - signature.created);
  if (off > CLOCK_SECONDS) throw new GatewayError("E_CLOCK", "The request is from another time.", { seconds: off });
  const digest = createHash("sha256").update(body).digest("base64");
  if (digest !== signature.digest) throw new GatewayError("E_SIG", "The body is not the one that was signed.");
  const base = new TextEncoder().encode(signatureBase(request));
  const key = await importVerifyingKey(parseCoseKey(decodeBase64url(aik)));
  const isOf = await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, signature.signature, base);
  if (!isOf) throw new GatewayError("E_SIG", "The signature does not fit.");
}

function signatureBase({ url, contentType, signature }: SignedRequest): string {
  return [
    `"@method": POST`,
    `"@target-uri": ${url}`,
    `"content-digest": sha-256=:${signature.digest}:`,
    `"content-type": ${contentType}`,
    `"@signature-params": ${signature.parameters}`,
  ].join("\n");
}
