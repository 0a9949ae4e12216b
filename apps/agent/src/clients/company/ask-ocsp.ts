import { randomBytes, type X509Certificate } from "node:crypto";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { takeAnswer } from "../../json-http/take-answer.ts";
import type { Issuer } from "./issuers.ts";
import { certificateId, encodeOcspRequest } from "./ocsp-request.ts";
import { type OcspAnswer, readOcspResponse } from "./ocsp-response.ts";

const LIMITS = { withinMs: 5_000, maxBytes: 64 * 1024 };
const NONCE_BYTES = 32;

/**
 * Asks a responder about a certificate. Redirects are not followed, an answer is bounded in time and size, and what is
 * not believed counts as no answer.
 *
 * @param now - Unix seconds, when the answer is there.
 * @returns null where no answer came that can be believed
 */
export async function askOcsp(
  url: string,
  { certificate, issuer, now }: { certificate: X509Certificate; issuer: Issuer; now: () => number },
): Promise<OcspAnswer | null> {
  const id = certificateId(certificate, issuer);
  const nonce = randomBytes(NONCE_BYTES);
  try {
    const answer = await post(url, encodeOcspRequest(id, nonce));
    return readOcspResponse(answer, { id, nonce, issuer, now: now() });
  } catch {
    return null;
  }
}

/** Where a certificate says that it can be asked about; null where it does not say. @see RFC 5280 section 4.2.2.1 */
export function responderOf({ infoAccess }: X509Certificate): string | null {
  const line = (infoAccess ?? "").split("\n").find((each) => each.startsWith("OCSP - URI:"));
  const url = line?.slice("OCSP - URI:".length).replace(/^"|"$/g, "") ?? "";
  return isResponderUrl(url) ? url : null;
}

/** Whether a responder can be asked at an address. */
export function isResponderUrl(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text);
}

async function post(url: string, body: Buffer): Promise<Buffer> {
  const send = url.startsWith("https:") ? httpsRequest : httpRequest;
  const headers = { "content-type": "application/ocsp-request", "content-length": body.length };
  const answer = await takeAnswer(send(url, { method: "POST", headers, agent: false }), LIMITS, body);
  if (answer.status !== 200) throw new RangeError("no answer");
  return answer.body;
}
