import { type NextRequest, NextResponse } from "next/server";
import { contentSecurityPolicy } from "./server/content-security-policy.ts";
import { readEnvironment } from "./server/env.ts";

/** Larger bodies are refused before they are read. */
const MAX_BODY_BYTES = 1_048_576;
const TWO_YEARS_SECONDS = 63_072_000;

/**
 * What holds for every request before any page or procedure: its host is ours, its body is small, and its answer says
 * what a browser may load. Who may see what is decided by procedures alone.
 */
export function proxy(request: NextRequest): NextResponse {
  const { pathname } = request.nextUrl;
  if (pathname === "/healthz") return NextResponse.next();
  const { origin, secure } = readEnvironment();
  if (request.headers.get("host") !== origin.host) return refuse(421, "This server is not at that address.");
  if (Number(request.headers.get("content-length") ?? 0) > MAX_BODY_BYTES)
    return refuse(413, "That is too much at once.");
  const isApi = pathname.startsWith("/api/");
  if (!isApi && request.method !== "GET" && request.method !== "HEAD")
    return refuse(405, "Pages are read here; there is nothing to post to.");
  const nonce = crypto.randomUUID().replaceAll("-", "");
  const policy = contentSecurityPolicy(nonce, { dev: process.env.NODE_ENV === "development", secure });
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", isApi ? "default-src 'none'; frame-ancestors 'none'" : policy);
  if (!isApi) response.headers.set("cache-control", "no-store");
  if (secure) response.headers.set("strict-transport-security", `max-age=${TWO_YEARS_SECONDS}; includeSubDomains`);
  return response;
}

function refuse(status: number, text: string): NextResponse {
  return new NextResponse(`${text}\n`, { status, headers: { "content-type": "text/plain; charset=utf-8" } });
}

export const config = { matcher: ["/((?!_next/static/).*)"] };
