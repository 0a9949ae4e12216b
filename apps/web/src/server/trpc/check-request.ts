import { WebError } from "../web-error.ts";

const MAX_BODY_BYTES = 1_048_576;

/**
 * Refuses what did not come from our own pages, before anything of it is read: another site's request carries the
 * session's cookie in some browsers, but never our origin.
 *
 * @returns The refusal; null for a request to answer.
 */
export function checkRequest(request: Request, origin: string): WebError | null {
  const { headers, method } = request;
  const site = headers.get("sec-fetch-site");
  const from = headers.get("origin");
  if (site !== null && site !== "same-origin") return new WebError("CROSS_SITE");
  if (from !== null && from !== origin) return new WebError("CROSS_SITE");
  if (method === "GET") return null;
  if (method !== "POST") return new WebError("METHOD");
  if (from === null) return new WebError("CROSS_SITE");
  if (!/^application\/json(;\s*charset=utf-8)?$/i.test(headers.get("content-type") ?? "")) {
    return new WebError("MEDIA_TYPE");
  }
  if (Number(headers.get("content-length") ?? 0) > MAX_BODY_BYTES) return new WebError("TOO_LARGE");
  return null;
}
