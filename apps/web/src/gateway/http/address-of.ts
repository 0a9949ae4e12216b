import type { IncomingMessage } from "node:http";

/**
 * Where a request came from, for limits only: the connection's other end, or what a proxy on this machine says of it.
 *
 * Of X-Forwarded-For only the last part counts, which that proxy wrote; the rest is the sender's word.
 */
export function addressOf({ socket, headers }: IncomingMessage): string {
  const peer = socket.remoteAddress ?? "unknown";
  const isProxy = peer === "127.0.0.1" || peer === "::1" || peer === "::ffff:127.0.0.1";
  const forwarded = headers["x-forwarded-for"];
  const told = typeof forwarded === "string" ? forwarded.split(",").at(-1)?.trim() : undefined;
  return isProxy && told ? told : peer;
}
