import { lookup as systemLookup } from "node:dns/promises";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { rootCertificates } from "node:tls";
import { NoticeError } from "../errors.ts";
import type { Receivers } from "../guard/receivers.ts";
import { signWebhook } from "./sign-webhook.ts";

const TIMEOUT_MS = 10_000;

/** All addresses of a name. */
export type ResolveName = (name: string) => Promise<readonly string[]>;

/** Where a webhook goes, and what it is signed with. */
export interface WebhookTarget {
  readonly url: URL;
  /** Every secret that is good now, newest first. */
  readonly secrets: readonly string[];
  /** Which addresses it may have. */
  readonly receivers: Receivers;
  /** PEM of a company's own authorities, trusted besides the public ones. */
  readonly ca?: string | undefined;
  /** How names become addresses; the system's way unless told. */
  readonly resolve?: ResolveName | undefined;
  readonly timeoutMs?: number | undefined;
}

/**
 * Posts one message, signed as Standard Webhooks say.
 *
 * The name is resolved once, every address it has must be permitted, and the connection goes to these and no others, so
 * that a name cannot change its meaning in between. A redirect is never followed. What the receiver answers is not read.
 *
 * Trusts: nothing of the receiver. Treats `url` and what its name resolves to as hostile.
 *
 * @throws {@link NoticeError} `C_SSRF`, `C_ADDRESS`, `C_UNREACHABLE`, `C_TLS`, `C_TIMEOUT`, `C_REDIRECT`, `C_STATUS`, `C_GONE`
 */
export async function postWebhook(
  message: { readonly id: string; readonly body: string },
  target: WebhookTarget,
  at: number,
): Promise<{ readonly status: number }> {
  const deadline = AbortSignal.timeout(target.timeoutMs ?? TIMEOUT_MS);
  const addresses = await permittedAddresses(target, deadline);
  const status = await post(
    target,
    addresses,
    { ...message, headers: signWebhook(message, target.secrets, at) },
    deadline,
  );
  if (status >= 200 && status < 300) return { status };
  if (status >= 300 && status < 400) throw new NoticeError("C_REDIRECT", { status });
  throw new NoticeError(status === 410 ? "C_GONE" : "C_STATUS", { status });
}

async function permittedAddresses({ url, receivers, resolve }: WebhookTarget, deadline: AbortSignal) {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const addresses = isIP(host) === 0 ? await resolveName(host, resolve ?? bySystem, deadline) : [host];
  if (addresses.length === 0) throw new NoticeError("C_ADDRESS");
  if (!addresses.every((address) => receivers.permits(address))) throw new NoticeError("C_SSRF");
  return addresses;
}

async function resolveName(name: string, resolve: ResolveName, deadline: AbortSignal): Promise<readonly string[]> {
  const late = new Promise<never>((_, reject) => {
    deadline.addEventListener("abort", () => reject(new NoticeError("C_TIMEOUT")), { once: true });
  });
  try {
    return await Promise.race([resolve(name), late]);
  } catch (error) {
    throw error instanceof NoticeError ? error : new NoticeError("C_ADDRESS");
  }
}

async function bySystem(name: string): Promise<readonly string[]> {
  return (await systemLookup(name, { all: true })).map(({ address }) => address);
}

interface SignedMessage {
  readonly body: string;
  readonly headers: object;
}

function post(
  { url, receivers, ca }: WebhookTarget,
  addresses: readonly string[],
  { body, headers }: SignedMessage,
  deadline: AbortSignal,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const isTls = url.protocol === "https:";
    const request = (isTls ? httpsRequest : httpRequest)(url, {
      method: "POST",
      agent: false,
      lookup: only(addresses),
      signal: deadline,
      headers: {
        ...headers,
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
        "user-agent": "Holdfast",
      },
      ...(isTls ? { minVersion: "TLSv1.2" as const, ...(ca === undefined ? {} : { ca: withPublic(ca) }) } : {}),
    });
    request.on("response", (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    request.on("upgrade", (response, socket) => {
      socket.destroy(); // Node ends such a request without an error
      resolve(response.statusCode ?? 0);
    });
    request.on("error", (error) => reject(deadline.aborted ? new NoticeError("C_TIMEOUT") : readFailure(error)));
    request.on("socket", (socket) => {
      // Nothing of the message leaves before the peer is known to be one of those that were permitted.
      socket.once(isTls ? "secureConnect" : "connect", () => {
        if (receivers.permits(socket.remoteAddress ?? "")) request.end(body);
        else request.destroy(new NoticeError("C_SSRF"));
      });
    });
  });
}

/** Gives a connection the addresses that were looked at, whatever the name resolves to by now. */
function only(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_name, options, done) => {
    const fitting = options.family ? all.filter(({ family }) => family === familyOf(options.family)) : all;
    const [first] = fitting;
    if (first === undefined) done(new NoticeError("C_ADDRESS"), "", 4);
    else if (options.all) done(null, fitting);
    else done(null, first.address, first.family);
  };
}

function familyOf(family: number | "IPv4" | "IPv6" | undefined): number {
  return family === "IPv6" || family === 6 ? 6 : 4;
}

function readFailure(error: Error & { code?: string }): NoticeError {
  if (error instanceof NoticeError) return error;
  const code = error.code ?? "";
  const isTls = /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|INVALID_CA)/.test(
    code,
  );
  return new NoticeError(isTls ? "C_TLS" : "C_UNREACHABLE");
}

function withPublic(pem: string): string[] {
  return [...rootCertificates, pem];
}
