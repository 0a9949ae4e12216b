import { initTRPC } from "@trpc/server";
import type { Context } from "./context.ts";
import { problemFor, toTrpcError } from "./error-format.ts";

const PING_MS = 15_000;
/** A stream ends after this and its page opens another, so that a session's end is noticed. */
const LONGEST_STREAM_MS = 600_000;

/** tRPC with our errors and no serializer but JSON. Only this folder's procedures.ts builds on it. */
export const t = initTRPC.context<Context>().create({
  isDev: false,
  errorFormatter: ({ error, shape }) => {
    const problem = problemFor(error);
    return {
      code: shape.code,
      message: problem.what,
      data: { code: error.code, httpStatus: shape.data.httpStatus, problem },
    };
  },
  sse: {
    ping: { enabled: true, intervalMs: PING_MS },
    maxDurationMs: LONGEST_STREAM_MS,
    client: { reconnectAfterInactivityMs: 2 * PING_MS + 5_000 },
  },
});

/** Gives a refusal of ours its own HTTP meaning. */
export const refusals = t.middleware(async ({ next }) => {
  const result = await next();
  if (!result.ok) throw toTrpcError(result.error);
  return result;
});
