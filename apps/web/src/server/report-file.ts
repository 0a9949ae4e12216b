import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { readEnvironment } from "./env.ts";
import { appRouter } from "./trpc/app-router.ts";
import { checkRequest } from "./trpc/check-request.ts";
import { type Context, createContext } from "./trpc/context.ts";
import { problemFor, toTrpcError } from "./trpc/error-format.ts";

/** Which file. */
export interface ReportFilePlace {
  readonly tenantId: string;
  readonly environmentId: string;
  readonly reportId: string;
  readonly name: string;
}

/** Answers with a report's file, asked and checked part by part as by any page. */
export async function answerReportFile(
  request: Request,
  place: ReportFilePlace,
  makeContext: (headers: Headers, answer: Headers) => Promise<Context> = createContext,
): Promise<Response> {
  const site = request.headers.get("sec-fetch-site");
  const refusal = site === "none" ? null : checkRequest(request, readEnvironment().origin.origin);
  if (refusal) return new Response(null, { status: 403 });
  const { download } = appRouter.createCaller(await makeContext(request.headers, new Headers())).report;
  try {
    const first = await download({ ...place, part: 0 });
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(Buffer.from(first.base64, "base64")),
      pull: nextParts(first.parts, (part) => download({ ...place, part })),
    });
    return new Response(body, {
      headers: {
        "content-type": first.mediaType,
        "content-disposition": `attachment; filename="${place.name}"`,
        "cache-control": "no-store",
      },
    });
  } catch (error) {
    if (!(error instanceof TRPCError)) throw error;
    const known = toTrpcError(error);
    return Response.json({ problem: problemFor(known) }, { status: getHTTPStatusCodeFromError(known) });
  }
}

function nextParts(parts: number, read: (part: number) => Promise<{ base64: string }>) {
  let part = 1;
  return async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    if (part >= parts) return controller.close();
    controller.enqueue(Buffer.from((await read(part)).base64, "base64"));
    part += 1;
  };
}
