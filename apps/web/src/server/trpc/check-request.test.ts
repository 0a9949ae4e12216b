import { expect, test } from "vitest";
import { checkRequest } from "./check-request.ts";

const ORIGIN = "http://localhost:3000";
const JSON_TYPE = { "content-type": "application/json" };

function codeFor(method: string, headers: Record<string, string>): string | null {
  return checkRequest(new Request(`${ORIGIN}/api/trpc/x`, { method, headers }), ORIGIN)?.code ?? null;
}

test.each([
  ["a page of ours asks", "GET", { "sec-fetch-site": "same-origin" }, null],
  ["an old browser of ours asks", "GET", {}, null],
  ["another site asks", "GET", { "sec-fetch-site": "cross-site" }, "CROSS_SITE"],
  ["a sibling host asks", "GET", { "sec-fetch-site": "same-site" }, "CROSS_SITE"],
  ["a link is followed", "GET", { "sec-fetch-site": "none" }, "CROSS_SITE"],
  ["another origin asks", "GET", { origin: "http://agent.localhost:7400" }, "CROSS_SITE"],
  ["a page of ours changes something", "POST", { ...JSON_TYPE, origin: ORIGIN, "sec-fetch-site": "same-origin" }, null],
  ["nobody says where a change comes from", "POST", JSON_TYPE, "CROSS_SITE"],
  ["a change comes from a sandbox", "POST", { ...JSON_TYPE, origin: "null" }, "CROSS_SITE"],
  ["a change comes from another port", "POST", { ...JSON_TYPE, origin: "http://localhost:3001" }, "CROSS_SITE"],
  ["a form is posted", "POST", { "content-type": "text/plain", origin: ORIGIN }, "MEDIA_TYPE"],
  [
    "a form with JSON in its type",
    "POST",
    { "content-type": "text/plain; application/json", origin: ORIGIN },
    "MEDIA_TYPE",
  ],
  ["files are posted", "POST", { "content-type": "multipart/form-data; boundary=x", origin: ORIGIN }, "MEDIA_TYPE"],
  ["no type is named", "POST", { "content-type": "", origin: ORIGIN }, "MEDIA_TYPE"],
  ["too much is announced", "POST", { ...JSON_TYPE, origin: ORIGIN, "content-length": "1048577" }, "TOO_LARGE"],
  ["another method is used", "PUT", { ...JSON_TYPE, origin: ORIGIN }, "METHOD"],
  ["another method is used", "DELETE", { ...JSON_TYPE, origin: ORIGIN }, "METHOD"],
])("row 114: %s: %s %o is answered with %s", (_, method, headers, code) => {
  expect(codeFor(method, headers as Record<string, string>)).toBe(code);
});
