import { randomBytes, type X509Certificate } from "node:crypto";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Issuer } from "./issuers.ts";
import { certificateId, encodeOcspRequest } from "./ocsp-request.ts";
import { type OcspAnswer, readOcspResponse } from "./ocsp-response.ts";

const TIMEOUT_MS = 5_000;
const MAX_BYTES = 64 * 1024;
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

function post(url: string, body: Buffer): Promise<Buffer> {
  const send = url.startsWith("https:") ? httpsRequest : httpRequest;
  const headers = { "content-type": "application/ocsp-request", "content-length": body.length };
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const sent = send(url, { method: "POST", headers, signal, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      if (response.statusCode !== 200) sent.destroy(new RangeError("no answer"));
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_BYTES) sent.destroy(new RangeError("too large"));
        else chunks.push(chunk);
      });
      response.once("error", reject);
      response.once("end", () => resolve(Buffer.concat(chunks)));
    });
    sent.once("error", reject);
    sent.once("upgrade", (_response, socket) => {
      socket.destroy(); // Node ends such a request without an error
      reject(new RangeError("another protocol"));
    });
    sent.end(body);
  });
}
