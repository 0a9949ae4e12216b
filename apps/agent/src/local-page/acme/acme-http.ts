import { request } from "node:https";
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

const MAX_ANSWER_BYTES = 256 * 1024;
const TIMEOUT_MS = 30_000;
/** For a whole answer, however steadily it drips. */
const DEADLINE_MS = 60_000;

/**
 * Asks an ACME server, by https alone; it follows no redirection.
 *
 * @param ca - PEM of the authority that the server's own certificate is of; null for those that Node trusts.
 * @throws {@link AcmeError} `E_ACME` when nothing, or too much, comes back
 */
export function askAcme(
  { method, url, body, accept = "application/json" }: AcmeRequest,
  ca: string | null,
): Promise<AcmeAnswer> {
  const at = findUrl(url);
  if (at === null)
    return Promise.reject(new AcmeError("E_ACME", `The ACME server names an address that is not https.`));
  const headers = {
    accept,
    "user-agent": "holdfast-agent",
    ...(body === undefined
      ? {}
      : { "content-type": "application/jose+json", "content-length": Buffer.byteLength(body) }),
  };
  return new Promise((resolve, reject) => {
    const failed = (why: string) =>
      reject(
        new AcmeError(
          "E_ACME",
          `${at.host} ${why}.`,
          "Look at the directory's address, the way there, and --acme-ca for a server of your own.",
        ),
      );
    const options = { method, headers, timeout: TIMEOUT_MS, agent: false, ...(ca === null ? {} : { ca }) } as const;
    const call = request(at, options, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_ANSWER_BYTES) call.destroy(new RangeError("too long"));
        else chunks.push(chunk);
      });
      response.once("error", () => failed("broke the connection off"));
      response.once("end", () => {
        const header = (name: string) => {
          const value = response.headers[name];
          return typeof value === "string" ? value : null;
        };
        resolve({ status: response.statusCode ?? 0, header, text: Buffer.concat(chunks).toString("utf8") });
      });
    });
    const end = setTimeout(() => call.destroy(new RangeError("too late")), DEADLINE_MS).unref();
    call.once("close", () => clearTimeout(end));
    call.once("timeout", () => call.destroy(new RangeError("too late")));
    call.once("upgrade", (_response, socket) => {
      socket.destroy(); // Node ends such a request without an error
      failed("speaks another protocol");
    });
    call.once("error", (cause: NodeJS.ErrnoException) => failed(`cannot be asked (${cause.code ?? cause.message})`));
    call.end(body);
  });
}

function findUrl(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && url.protocol === "https:" && url.username === "" && url.password === "" ? url : null;
}
