import type { LogFields } from "../logger.ts";

/** What the log is told of a fault: class, code and place. Messages of the runtime could hold what a client sent. */
export function faultFields(cause: unknown): LogFields {
  const { name, code } = cause as { name?: string; code?: unknown };
  const place = cause instanceof Error ? /\n\s+at ([^\n]{0,200})/.exec(cause.stack ?? "")?.[1] : undefined;
  return { name: String(name), code: typeof code === "string" ? code : null, place: place ?? null };
}
