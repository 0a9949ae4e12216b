import { createHash } from "node:crypto";
import { APPROVAL_ANSWER_HEADERS } from "@holdfast/protocol";
import { type JsonProblem, RawAnswer } from "../json-http/serve-json.ts";

const TITLES: Readonly<Record<number, string>> = {
  404: "There is nothing at this address",
  421: "This page has another address",
};

const STYLE =
  "body{margin:12vh auto;max-width:38rem;padding:0 1.25rem;font:1rem/1.55 system-ui,sans-serif;color-scheme:light dark;overflow-wrap:anywhere}h1{font-size:1.6rem;line-height:1.2}a{color:inherit}p:last-child{opacity:.7;font-family:monospace}";

const STYLE_HASH = `sha256-${createHash("sha256").update(STYLE).digest("base64")}`;

/**
 * A refusal for somebody who opened the address in a browser: a few words and the way to the page. It runs nothing.
 *
 * @param origin - The page's own origin, from the agent's configuration; nothing of the request is repeated.
 */
export function problemPage({ status, code, next }: JsonProblem, origin: string): RawAnswer {
  const title = TITLES[status] ?? "This cannot be shown";
  const advice =
    status === 421 || status === 404
      ? `The approval page of this key server is at <a href="${escaped(origin)}">${escaped(origin)}</a>. What follows the # in an address belongs to it: open it whole, at exactly this name.`
      : escaped(next);
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${STYLE}</style>
<h1>${title}</h1>
<p>${advice}</p>
<p>${escaped(code)}</p>
</html>
`;
  return new RawAnswer(Buffer.from(html, "utf8"), {
    ...APPROVAL_ANSWER_HEADERS,
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": `default-src 'none'; style-src '${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  });
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
