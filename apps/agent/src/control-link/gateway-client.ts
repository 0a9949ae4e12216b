import { createHash, X509Certificate } from "node:crypto";
import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { TLSSocket } from "node:tls";
import type { SigningHandle } from "@holdfast/crypto";
import { LinkError } from "./errors.ts";
import { signRequest } from "./sign-request.ts";

/** Where the gateway is, and who calls. */
export interface GatewayParts {
  readonly gateway: string;
  /** SHA-256 of the gateway's SubjectPublicKeyInfo, base64url, where it has no public certificate. */
  readonly spki?: string | undefined;
  readonly aid: string;
  readonly aik: Pick<SigningHandle, "sign">;
  /** The wall clock, Unix seconds: the gateway compares it with its own. */
  readonly now: () => number;
}

/** A refusal of the gateway: its status and the JSON it sent. */
export interface GatewayRefusal {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const MAX_ANSWER_BYTES = 1024 * 1024;
const MAX_BODY_BYTES = 1024 * 1024;
const TIMEOUT_MS = 10_000;
/** A pinned gateway's certificate is judged by its key, on a connection of each request's own. */
const PINNED = { rejectUnauthorized: false, agent: false } as const;

/** Speaks to one gateway: bounded answers, no redirects, every request signed. */
export class GatewayClient {
  readonly #parts: GatewayParts;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
  }

  /**
   * Posts and returns the answer.
   *
   * @throws {@link LinkError} `E_GATEWAY` when it does not answer, `E_GATEWAY_REFUSED` when it refuses, `E_GATEWAY_ANSWER`
   */
  async post<T>(
    path: string,
    body: object,
    options: { signal?: AbortSignal | undefined; waitMs?: number } = {},
  ): Promise<T> {
    const answer = await this.ask(path, body, options);
    if (answer.status === 200) return answer.body as T;
    const reason = typeof answer.body.code === "string" ? answer.body.code.slice(0, 32) : String(answer.status);
    throw new LinkError("E_GATEWAY_REFUSED", `The control plane refused (${reason}).`, {
      reason,
      status: answer.status,
    });
  }

  /** The same, with a refusal as a value. */
  async ask(
    path: string,
    body: object,
    { signal, waitMs = 0 }: { signal?: AbortSignal | undefined; waitMs?: number } = {},
  ): Promise<GatewayRefusal> {
    const { gateway, aid, aik, now } = this.#parts;
    const url = `${gateway}${path}`;
    const bytes = Buffer.from(JSON.stringify(body), "utf8");
    if (bytes.length > MAX_BODY_BYTES)
      throw new LinkError("E_GATEWAY_ANSWER", "A request would be too large.", { bytes: bytes.length });
    const headers = signRequest({ method: "POST", url, body: bytes, created: now() }, aid, aik);
    return this.#send(
      url,
      { ...headers, "content-length": String(bytes.length) },
      { bytes, signal, timeoutMs: TIMEOUT_MS + waitMs },
    );
  }

  #send(
    url: string,
    headers: Record<string, string>,
    { bytes, signal, timeoutMs }: { bytes: Buffer; signal: AbortSignal | undefined; timeoutMs: number },
  ): Promise<GatewayRefusal> {
    const { spki } = this.#parts;
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => reject(error instanceof LinkError ? error : unreachable(error));
      const options = { method: "POST", headers, ...(signal ? { signal } : {}) };
      const take = (response: IncomingMessage) => void readAnswer(response).then(resolve, fail);
      const call: ClientRequest = url.startsWith("https:")
        ? httpsRequest(url, { ...options, minVersion: "TLSv1.3", ...(spki ? PINNED : {}) }, take)
        : httpRequest(url, options, take);
      const timer = setTimeout(
        () => call.destroy(new LinkError("E_GATEWAY", "The control plane does not answer in time.")),
        timeoutMs,
      );
      call.once("close", () => clearTimeout(timer));
      call.once("error", fail);
      call.once("upgrade", (_response, socket) => {
        socket.destroy(); // Node ends such a request without an error
        fail(new LinkError("E_GATEWAY_ANSWER", "The control plane's answer is not what it should be."));
      });
      if (spki)
        call.once("socket", (socket) => socket.once("secureConnect", () => checkPin(socket as TLSSocket, spki, call)));
      call.end(bytes);
    });
  }
}

async function readAnswer(response: IncomingMessage): Promise<GatewayRefusal> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += (chunk as Buffer).length;
    if (size > MAX_ANSWER_BYTES) throw new LinkError("E_GATEWAY_ANSWER", "The control plane's answer is too large.");
    chunks.push(chunk as Buffer);
  }
  const status = response.statusCode ?? 0;
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return { status, body: value as GatewayRefusal["body"] };
  } catch {
    // Not JSON: refused below.
  }
  throw new LinkError("E_GATEWAY_ANSWER", "The control plane's answer is not what it should be.", { status });
}

/** A pinned gateway is known by its key, whatever its certificate says. */
function checkPin(socket: TLSSocket, spki: string, call: ClientRequest): void {
  const certificate = socket.getPeerCertificate(false).raw;
  const key = certificate && new X509Certificate(certificate).publicKey.export({ type: "spki", format: "der" });
  const found = key && createHash("sha256").update(key).digest("base64url");
  if (found !== spki) call.destroy(new LinkError("E_GATEWAY", "The gateway has another key than the token names."));
}

function unreachable(error: Error): LinkError {
  const fault = (error as NodeJS.ErrnoException).code ?? error.name;
  return new LinkError("E_GATEWAY", "The control plane cannot be reached.", { fault });
}
