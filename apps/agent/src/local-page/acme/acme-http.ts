import { request } from "node:https";
import { type NoAnswer, takeAnswer } from "../../json-http/take-answer.ts";
import { AcmeError } from "./acme-error.ts";

/** A server's answer. */
export interface AcmeAnswer {
  readonly status: number;
  readonly header: (name: string) => string | null;
  readonly text: string;
}

/** One request: HEAD and GET carry nothing. */
export interface AcmeRequest {
  readonly method: "GET" | "HEAD" | "POST";
  readonly url: string;
  readonly body?: string;
  readonly accept?: string;
}

const LIMITS = { withinMs: 30_000, maxBytes: 256 * 1024 };

/**
 * Asks an ACME server, by https alone; it follows no redirection.
 *
 * @param ca - PEM of the authority that the server's own certificate is of; null for those that Node trusts.
 * @throws {@link AcmeError} `E_ACME` when nothing, or too much, comes back
 */
export async function askAcme(
  { method, url, body, accept = "application/json" }: AcmeRequest,
  ca: string | null,
): Promise<AcmeAnswer> {
  const at = findUrl(url);
  if (at === null) throw new AcmeError("E_ACME", "The ACME server names an address that is not https.");
  const headers = {
    accept,
    "user-agent": "holdfast-agent",
    ...(body === undefined
      ? {}
      : { "content-type": "application/jose+json", "content-length": Buffer.byteLength(body) }),
  };
  const call = request(at, { method, headers, agent: false, ...(ca === null ? {} : { ca }) });
  const sent = body === undefined ? undefined : Buffer.from(body);
  const answer = await takeAnswer(call, LIMITS, sent).catch(({ why }: NoAnswer) => {
    throw new AcmeError(
      "E_ACME",
      `${at.host} cannot be asked (${why}).`,
      "Look at the directory's address, the way there, and --acme-ca for a server of your own.",
    );
  });
  const header = (name: string) => {
    const value = answer.headers[name];
    return typeof value === "string" ? value : null;
  };
  return { status: answer.status, header, text: answer.body.toString("utf8") };
}

function findUrl(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && url.protocol === "https:" && url.username === "" && url.password === "" ? url : null;
}
