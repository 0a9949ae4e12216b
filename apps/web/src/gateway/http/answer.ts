import type { ServerResponse } from "node:http";
import { HoldfastError } from "@holdfast/protocol";
import { GatewayError } from "../gateway-error.ts";

/** Answers with JSON. Nothing is kept by anybody on the way. */
export function sendJson(response: ServerResponse, status: number, body: object, type = "application/json"): void {
  if (response.headersSent || response.destroyed) return;
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": type,
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    // What was not read of a refused body is not taken for the next request.
    ...(status >= 400 ? { connection: "close" } : {}),
  });
  response.end(text);
}

/** Answers with a problem document (RFC 9457): a code, a sentence, a next step, and never a cause. */
export function sendProblem(response: ServerResponse, error: unknown): void {
  const { status, code, detail, next, ...facts } = problemOf(error);
  sendJson(response, status, { type: "about:blank", status, code, detail, next, ...facts }, "application/problem+json");
}

interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly next: string;
  readonly [fact: string]: string | number;
}

function problemOf(error: unknown): Problem {
  if (error instanceof GatewayError) {
    return { ...error.detail, status: error.status, code: error.code, detail: error.message, next: error.next };
  }
  if (error instanceof HoldfastError) {
    const next = "Nothing was stored. If it happens again, look into the agent's log.";
    return { status: 422, code: error.code, detail: error.message, next };
  }
  const { message, next, status } = new GatewayError("E_STORE", "The control plane cannot answer now.");
  return { status, code: "E_STORE", detail: message, next };
}
