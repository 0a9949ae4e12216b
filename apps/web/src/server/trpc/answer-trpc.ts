import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { readEnvironment } from "../env.ts";
import type { WebError, WebErrorCode } from "../web-error.ts";
import { appRouter } from "./app-router.ts";
import { checkRequest } from "./check-request.ts";
import { type Context, createContext } from "./context.ts";
import { problemCode } from "./error-format.ts";
import { errorMeaning } from "./error-map.ts";

const ENDPOINT = "/api/trpc";
const MOST_IN_A_BATCH = 20;

/** Answers a request to any procedure. */
export async function answerTrpc(
  request: Request,
  makeContext: (headers: Headers, answer: Headers) => Promise<Context> = createContext,
): Promise<Response> {
  const refusal = checkRequest(request, readEnvironment().origin.origin);
  if (refusal) return refuse(refusal);
  return fetchRequestHandler({
    endpoint: ENDPOINT,
    req: request,
    router: appRouter,
    maxBatchSize: MOST_IN_A_BATCH,
    createContext: ({ resHeaders }) => makeContext(request.headers, resHeaders),
    // A stream that somebody on the way compresses arrives when enough of it has come together.
    responseMeta: ({ type }) => ({
      headers: { "cache-control": type === "subscription" ? "no-store, no-transform" : "no-store" },
    }),
    onError: ({ error, path }) => report(problemCode(error), path, error.cause),
  });
}

const STATUS: Partial<Record<WebErrorCode, number>> = { CROSS_SITE: 403, MEDIA_TYPE: 415, TOO_LARGE: 413, METHOD: 405 };

function refuse({ code }: WebError): Response {
  const { what, next } = errorMeaning(code);
  const problem = { code, what, keys: "No key was changed by this.", next };
  return Response.json({ error: { message: what, data: { problem } } }, { status: STATUS[code] ?? 400 });
}

/** What nobody foresaw goes to the server's log: where and what kind, never what was sent or stored. */
function report(code: string, path: string | undefined, cause: unknown): void {
  if (!["UNEXPECTED", "CONFIGURATION"].includes(code) && !code.startsWith("DB_")) return;
  const name = cause instanceof Error ? cause.name : typeof cause;
  const known = cause instanceof Error && "code" in cause ? String(cause.code) : undefined;
  const setting = cause instanceof Error && "detail" in cause ? cause.detail : undefined;
  process.stderr.write(`${JSON.stringify({ level: "error", code, path, cause: name, known, setting })}\n`);
}
