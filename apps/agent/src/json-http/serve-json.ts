import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import type { SecureContextOptions } from "node:tls";
import { HoldfastError } from "@holdfast/protocol";
import type { Logger } from "../logger.ts";
import { limitConnections } from "./connection-room.ts";
import { HttpRefusal } from "./http-refusal.ts";

/** One call, read and bounded. */
export interface JsonCall {
  readonly method: string;
  /** The path without its query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  /** Aborted when the caller is gone before it was answered. */
  readonly signal: AbortSignal;
  /** The body as JSON; an empty object where there is none. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** An answer that is not JSON. */
export class RawAnswer {
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;

  constructor(bytes: Buffer, headers: Readonly<Record<string, string>>) {
    this.bytes = bytes;
    this.headers = headers;
  }
}

/** A refusal as its document tells it. */
export interface JsonProblem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly next: string;
}

/** How calls are answered. */
export interface JsonServerOptions {
  readonly logger: Logger;
  readonly maxBodyBytes: number;
  /** Headers of every answer. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Looks at a call before its body is read. @throws {@link HttpRefusal} */
  readonly admit: (request: IncomingMessage, path: string) => void;
  /** Answers a call: with JSON, or with a {@link RawAnswer}. */
  readonly answer: (call: JsonCall) => unknown | Promise<unknown>;
  /** The next step for a person, by code. */
  readonly nextStep: (code: string) => string;
  /** What a person sees who opened an address that is refused, instead of the problem document. */
  readonly showProblem?: (problem: JsonProblem) => RawAnswer;
  /** How long a call may take to arrive whole. */
  readonly requestMs?: number;
  /** With what the connection is encrypted; without it, it is not. */
  readonly tls?: SecureContextOptions | undefined;
}

const REQUEST_MS = 20_000;
const HEADER_BYTES = 16_384;
const HANDSHAKE_MS = 10_000;
const CONNECTIONS = { connections: 500, perAddress: 400 };

/** Makes a server that answers every call with JSON or a problem document, and closes what is no call. */
export function jsonServer(options: JsonServerOptions): Server {
  const requestMs = options.requestMs ?? REQUEST_MS;
  const limits = {
    maxHeaderSize: HEADER_BYTES,
    requestTimeout: requestMs,
    headersTimeout: requestMs,
    keepAliveTimeout: 30_000,
    connectionsCheckingInterval: Math.min(5_000, requestMs),
    requireHostHeader: false,
  };
  const answer = (request: IncomingMessage, response: ServerResponse) => void handle(request, response, options);
  const { tls } = options;
  const server =
    tls === undefined
      ? createServer(limits, answer)
      : createTlsServer({ ...limits, ...tls, handshakeTimeout: HANDSHAKE_MS }, answer);
  limitConnections(server, CONNECTIONS);
  server.on("clientError", (_cause, socket: Socket) => {
    // A browser opens connections ahead of time: an answer to nothing would be taken for the answer to its next call.
    if (!socket.writable || socket.bytesRead === 0) return void socket.destroy();
    socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  });
  server.on("connect", (_request, socket: Socket) => void socket.destroy());
  server.on("upgrade", (_request, socket: Socket) => void socket.destroy());
  return server;
}

/** Closes a server and what is still connected to it. */
export function closeJsonServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function handle(request: IncomingMessage, response: ServerResponse, options: JsonServerOptions): Promise<void> {
  response.on("error", () => undefined);
  const gone = new AbortController();
  response.once("close", () => response.writableFinished || gone.abort());
  try {
    const { pathname: path, searchParams: query } = targetOf(request);
    options.admit(request, path);
    const body = await readBody(request, options.maxBodyBytes);
    const call = { method: request.method ?? "GET", path, query, request, body, signal: gone.signal };
    send(response, 200, await options.answer(call), options.headers);
  } catch (error) {
    sendProblem(request, response, error, options);
  }
}

/** @throws {@link HttpRefusal} `E_SCHEMA` for a target that is no path */
function targetOf({ url = "/" }: IncomingMessage): URL {
  const target = url.startsWith("/") && !url.startsWith("//") ? URL.parse(url, "http://call.invalid") : null;
  if (target === null) throw new HttpRefusal(400, "E_SCHEMA", "The address of the call is none.");
  return target;
}

async function readBody(request: IncomingMessage, maxBytes: number): Promise<JsonCall["body"]> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      size += (chunk as Buffer).length;
      if (size > maxBytes) throw new HttpRefusal(413, "E_LIMIT", "The body is too large.");
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    if (error instanceof HttpRefusal) throw error;
    throw new HttpRefusal(400, "E_SCHEMA", "The body did not arrive whole.");
  }
  if (size === 0) return {};
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks)));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonCall["body"];
  } catch {
    // Not JSON: refused below.
  }
  throw new HttpRefusal(400, "E_SCHEMA", "The body is not a JSON object.");
}

function sendProblem(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  { logger, nextStep, headers, showProblem }: JsonServerOptions,
): void {
  const known = error instanceof HoldfastError;
  if (!known) logger.error("call.failed", { what: error instanceof Error ? error.name : "unknown" });
  const code = known ? String(error.code) : "E_INTERNAL";
  const status = error instanceof HttpRefusal ? error.status : known ? statusOf(code) : 500;
  const detail = known ? error.message : "Something unexpected happened inside the agent.";
  const next = known && "next" in error && typeof error.next === "string" ? error.next : nextStep(code);
  if (showProblem && isNavigation(request)) {
    send(response, status, showProblem({ status, code, detail, next }), { ...headers, connection: "close" });
    return;
  }
  const problem = { type: "about:blank", title: code, status, code, detail, next };
  send(response, status, problem, { ...headers, "content-type": "application/problem+json", connection: "close" });
}

/** Whether a person opened the address, rather than a program asked: a browser says so, by one header or the other. */
function isNavigation({ method, headers }: IncomingMessage): boolean {
  const mode = headers["sec-fetch-mode"];
  if (method !== "GET") return false;
  return mode === undefined ? /\btext\/html\b/.test(headers.accept ?? "") : mode === "navigate";
}

function statusOf(code: string): number {
  if (code === "E_SEALED") return 503;
  if (code === "E_NOT_FOUND") return 404;
  if (code === "E_CLAIM" || code === "E_INVITE") return 403;
  return ["E_SCHEMA", "E_CANON", "E_LIMIT", "E_OFFER"].includes(code) ? 400 : 409;
}

function send(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  const raw = value instanceof RawAnswer;
  const bytes = raw ? value.bytes : Buffer.from(JSON.stringify(value ?? {}), "utf8");
  response.writeHead(status, {
    "content-type": "application/json",
    ...headers,
    ...(raw ? value.headers : {}),
    "content-length": bytes.length,
  });
  response.end(bytes);
}
