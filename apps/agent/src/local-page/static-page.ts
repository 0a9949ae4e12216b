import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { approvalPageHeaders, type PageHashes } from "@holdfast/protocol";
import { PageError } from "./page-error.ts";

/** The built page and the headers it is always served with. */
export interface StaticPage {
  readonly html: Buffer;
  readonly headers: Readonly<Record<string, string>>;
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
  return { html, headers: approvalPageHeaders(hashes, "self") };
}
