import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { PageError } from "./page-error.ts";

/** The built page and the headers it is always served with. */
export interface StaticPage {
  readonly html: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

interface PageHashes {
  script: string;
  style: string;
  page: string;
}

/**
 * Loads the build of `apps/approve` and checks that its bytes are the ones its manifest names.
 *
 * @throws {@link PageError} `E_BUILD` when the page is missing or was altered.
 */
export function loadStaticPage(): StaticPage {
  const folder = new URL("../../../approve/dist/", import.meta.url);
  let html: Buffer;
  let hashes: PageHashes;
  try {
    html = readFileSync(fileURLToPath(new URL("page.html", folder)));
    hashes = JSON.parse(readFileSync(fileURLToPath(new URL("page.json", folder)), "utf8")) as PageHashes;
  } catch {
    throw new PageError("E_BUILD", "The approval page has not been built.", "Run `npm run build -w apps/approve`.");
  }
  if (`sha256-${createHash("sha256").update(html).digest("base64")}` !== hashes.page) {
    throw new PageError("E_BUILD", "The approval page was altered.", "Build it again from known sources.");
  }
  return { html, headers: pageHeaders(hashes) };
}

/** Headers of the page: only its own script and style run, nothing frames it, nothing is kept. */
function pageHeaders(hashes: PageHashes): Record<string, string> {
  const policy = [
    "default-src 'none'",
    `script-src '${hashes.script}'`,
    `style-src '${hashes.style}'`,
    "font-src data:",
    "img-src data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
  return { ...COMMON_HEADERS, "content-type": "text/html; charset=utf-8", "content-security-policy": policy };
}

/** Headers of every answer of this listener. */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "permissions-policy": "publickey-credentials-get=(self), publickey-credentials-create=(self)",
};
