import type { ServerResponse } from "node:http";
import { type Problem, problemOf } from "./problem.ts";
import type { Reply } from "./route.ts";

const JSON_TYPE = "application/json";

/** Headers of every answer. */
const ALWAYS = ["Cache-Control", "no-store", "X-Content-Type-Options", "nosniff"] as const;

/** Writes an answer in one piece. */
export function sendReply(
  response: ServerResponse,
  { status = 200, body, type = JSON_TYPE, headers = [] }: Reply,
): void {
  const length = typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
  response.writeHead(status, ["Content-Type", type, "Content-Length", String(length), ...ALWAYS, ...headers]);
  response.end(body, length === body.length ? "latin1" : "utf8"); // text of one byte a character is written faster
}

/** Writes a problem document. @returns What was written, for the counters and the log. */
export function sendProblem(response: ServerResponse, cause: unknown): Problem {
  const problem = problemOf(cause);
  if (response.headersSent) return problem;
  const { status, text, retryAfter } = problem;
  const headers = [
    "Content-Type",
    "application/problem+json",
    "Content-Length",
    String(Buffer.byteLength(text)),
    ...ALWAYS,
  ];
  if (retryAfter !== null) headers.push("Retry-After", String(retryAfter));
  if (status === 405) headers.push("Allow", allowed(cause));
  response.writeHead(status, headers);
  response.end(text);
  return problem;
}

/** A problem document for a connection that has no request. @see RFC 9112 */
export function rawProblem(cause: unknown): string {
  const { status, text } = problemOf(cause);
  const head = [
    `HTTP/1.1 ${status} ${status === 408 ? "Request Timeout" : "Bad Request"}`,
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(text)}`,
    "Cache-Control: no-store",
    "Connection: close",
  ];
  return `${head.join("\r\n")}\r\n\r\n${text}`;
}

function allowed(cause: unknown): string {
  return String((cause as { detail?: { allow?: string } }).detail?.allow ?? "GET, POST");
}
