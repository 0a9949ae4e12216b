import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { HoldfastError } from "@holdfast/protocol";
import type { Gateway } from "../gateway.ts";
import { GatewayError } from "../gateway-error.ts";
import { sendJson, sendProblem } from "./answer.ts";
import { answerRequest } from "./answer-request.ts";
import { RateLimit } from "./rate-limit.ts";

/** What one sender may take up of the gateway. */
export interface GatewayLimits {
  /** How long a request's head may take. */
  readonly headersMs: number;
  /** How long a whole request may take to arrive. */
  readonly requestMs: number;
  /** Connections at a time. One more is closed at once. */
  readonly connections: number;
}

const LIMITS: GatewayLimits = { headersMs: 10_000, requestMs: 30_000, connections: 20_000 };
/** How often connections are looked at. */
const LOOK_MS = 500;
/** How long answers that are under way may take once the gateway is asked to stop. */
const LAST_ANSWERS_MS = 3_000;
const MAX_HEADER_BYTES = 16_384;

/** A listening gateway. */
export interface GatewayServer {
  readonly server: Server;
  /** Answers what waits, then closes every connection. */
  close(): Promise<void>;
}

/** Makes the server that agents dial. Caller must: listen. */
export function makeServer(gateway: Gateway, limits: GatewayLimits = LIMITS): GatewayServer {
  const stop = new AbortController();
  const rates = new RateLimit();
  const host = new URL(gateway.url).host;
  const options = {
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: LOOK_MS,
  };
  const server = createServer(options, (request, response) => {
    const hangUp = new AbortController();
    response.on("close", () => hangUp.abort());
    const signal = AbortSignal.any([stop.signal, hangUp.signal]);
    void answer(request, response, { host, work: () => answerRequest(request, { gateway, rates, signal }) });
  });
  server.maxConnections = limits.connections;
  server.on("clientError", (error, socket) => {
    const status =
      "code" in error && error.code === "ERR_HTTP_REQUEST_TIMEOUT" ? "408 Request Timeout" : "400 Bad Request";
    if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  });
  const close = () =>
    new Promise<void>((resolve) => {
      stop.abort();
      // Node's own time limits end with close(), so a connection that says nothing more is cut.
      const cut = setTimeout(() => server.closeAllConnections(), LAST_ANSWERS_MS);
      server.close(() => {
        clearTimeout(cut);
        resolve();
      });
      server.closeIdleConnections();
    });
  return { server, close };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { host, work }: { readonly host: string; readonly work: () => Promise<object> },
): Promise<void> {
  if (request.method === "GET" && request.url === "/livez") return sendJson(response, 200, { status: "ok" });
  if (request.headers.host !== host) return sendJson(response, 421, { status: 421 }, "application/problem+json");
  try {
    sendJson(response, 200, await work());
  } catch (error) {
    report(request.url ?? "", error);
    sendProblem(response, error);
  }
}

/** What nobody foresaw, and evidence that does not hold: where and what kind, never what was sent. */
function report(path: string, error: unknown): void {
  const isUsual = error instanceof GatewayError && error.code !== "E_STORE";
  if (isUsual) return;
  const code = error instanceof HoldfastError ? error.code : "UNEXPECTED";
  const name = error instanceof Error ? error.name : typeof error;
  const cause = error instanceof Error && "code" in error ? String(error.code) : undefined;
  const line = { level: error instanceof HoldfastError ? "warn" : "error", path: path.slice(0, 64), code, name, cause };
  process.stderr.write(`${JSON.stringify(line)}\n`);
}
