import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { APPROVAL_ANSWER_HEADERS } from "@holdfast/protocol";
import type { HostedPage } from "./hosted-page.ts";
import { limitConnections } from "./limit-connections.ts";

const TWO_YEARS_SECONDS = 63_072_000;
const LIMITS = { maxHeaderSize: 8_192, headersTimeout: 10_000, requestTimeout: 10_000, keepAliveTimeout: 5_000 };
const MOST_CONNECTIONS = 2_000;

/** Serves two addresses, to one host name, to be read only: the page, and whether the process answers. Caller must: listen. */
export function makeServer(page: HostedPage, origin: string, mostConnections = MOST_CONNECTIONS): Server {
  const { host, protocol } = new URL(origin);
  const headers = {
    ...APPROVAL_ANSWER_HEADERS,
    ...(protocol === "https:" ? { "strict-transport-security": `max-age=${TWO_YEARS_SECONDS}` } : {}),
  };
  const server = createServer(LIMITS, (request, response) => {
    request.resume();
    const { status, body, type } = answerTo(request, host, page);
    response.writeHead(status, {
      ...headers,
      ...(status === 200 && body === page.html
        ? page.headers
        : { "content-type": type, "content-security-policy": "default-src 'none'; frame-ancestors 'none'" }),
      ...(status === 405 ? { allow: "GET, HEAD" } : {}),
      "content-length": body.length,
    });
    finish(request, response, body);
  });
  limitConnections(server, mostConnections);
  return server;
}

interface Answer {
  readonly status: number;
  readonly body: Buffer;
  readonly type: string;
}

function answerTo({ method, url, headers }: IncomingMessage, host: string, page: HostedPage): Answer {
  if (headers.host !== host) return plain(421, "This page has another address.");
  if (method !== "GET" && method !== "HEAD") return plain(405, "This page is only read.");
  if (url === "/") return { status: 200, body: page.html, type: "" };
  if (url === "/healthz") return plain(200, "ok");
  return plain(404, "There is nothing at this address.");
}

function plain(status: number, text: string): Answer {
  return { status, body: Buffer.from(`${text}\n`), type: "text/plain; charset=utf-8" };
}

/** A body that was sent to us is never read: the connection ends with the answer. */
function finish({ method }: IncomingMessage, response: ServerResponse, body: Buffer): void {
  if (method !== "GET" && method !== "HEAD") response.shouldKeepAlive = false;
  response.end(method === "HEAD" ? undefined : body);
}
