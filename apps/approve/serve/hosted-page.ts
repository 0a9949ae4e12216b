import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { approvalPageHeaders, type PageHashes } from "@holdfast/protocol";
import { ServeError } from "./serve-error.ts";

/** The page as it is sent, and the headers that it is always sent with. */
export interface HostedPage {
  readonly html: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

const PLACE = '<meta name="holdfast-dashboard" content="" />';

/**
 * Loads the built page, checks that its bytes are the ones its manifest names, and writes the dashboard's origin into it.
 *
 * @param dashboard - An origin: it holds no character that markup knows.
 * @throws {@link ServeError} `E_BUILD` when the page is missing or was altered
 */
export function loadHostedPage(dashboard: string, folder = new URL("../dist/", import.meta.url)): HostedPage {
  const { html, hashes } = readBuilt(folder);
  const isWhole = `sha256-${createHash("sha256").update(html).digest("base64")}` === hashes.page;
  if (!isWhole || html.split(PLACE).length !== 2)
    throw new ServeError("E_BUILD", "The hosted page was altered.", "Build it again from known sources.");
  const written = html.replace(PLACE, () => PLACE.replace('""', `"${dashboard}"`));
  return { html: Buffer.from(written, "utf8"), headers: approvalPageHeaders(hashes, "none") };
}

function readBuilt(folder: URL): { readonly html: string; readonly hashes: PageHashes } {
  try {
    return {
      html: readFileSync(new URL("hosted.html", folder), "utf8"),
      hashes: JSON.parse(readFileSync(new URL("hosted.json", folder), "utf8")) as PageHashes,
    };
  } catch {
    throw new ServeError("E_BUILD", "The hosted page has not been built.", "Run `npm run build -w apps/approve`.");
  }
}
