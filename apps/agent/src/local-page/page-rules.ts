import type { IncomingHttpHeaders } from "node:http";

/** Header every call of the page carries; a form or an image of another site cannot set it. */
export const PAGE_HEADER = "holdfast-page";

/** Why a call to the page was turned away, before anything was looked at. */
export type PageRefusalReason = "host" | "header" | "origin" | "site" | "media-type";

/**
 * Checks that a call was made by our own page, in the browser's own words.
 *
 * Reads take any navigation to the exact host; calls need our header, and everything but GET needs this origin,
 * same-origin fetch metadata and JSON. Browsers that send no fetch metadata are refused for anything but GET.
 *
 * @param origin - The page's own origin, from the agent's configuration.
 * @returns null when the call may go on, otherwise the first reason to refuse it.
 * @see docs/spec/approval.md, the agent's page
 */
export function refusePageCall(
  origin: string,
  call: { method: string; path: string; headers: IncomingHttpHeaders },
): PageRefusalReason | null {
  const { method, path, headers } = call;
  if (headers.host !== new URL(origin).host) return "host";
  const isCall = path.startsWith("/page/");
  if (isCall && headers[PAGE_HEADER] !== "1") return "header";
  const site = headers["sec-fetch-site"];
  if (isCall && site !== undefined && site !== "same-origin") return "site";
  if (method === "GET" || method === "HEAD") return null;
  if (headers.origin !== origin) return "origin";
  if (site !== "same-origin") return "site";
  if (!/^application\/json(?:;\s*charset=utf-8)?$/i.test(headers["content-type"] ?? "")) return "media-type";
  return null;
}
