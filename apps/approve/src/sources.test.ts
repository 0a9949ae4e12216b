import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
  .map((name) => [name, readFileSync(join(import.meta.dirname, name), "utf8")] as const);

describe("the page's sources", () => {
  it("are found", () => {
    expect(sources.map(([name]) => name)).toContain("main.ts");
  });

  it.each([
    ["make markup of a string", /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|setHTML|srcdoc/],
    ["run a string", /\beval\(|new Function|setTimeout\("|javascript:/],
    ["keep anything in the browser beyond a tab", /localStorage|indexedDB|document\.cookie|caches\b/],
    [
      "speak to anybody but their own server",
      /https?:\/\/(?!www\.w3\.org\/2000\/svg)|WebSocket|sendBeacon|XMLHttpRequest/,
    ],
    ["listen to other windows", /postMessage|"message"|window\.opener|window\.open\(/],
  ])("never %s", (_, pattern) => {
    expect(sources.filter(([, text]) => pattern.test(text)).map(([name]) => name)).toEqual([]);
  });

  it("keep something for a tab at two places: the right to a new client's files, an invitation that is under way", () => {
    const keeps = sources.filter(([, text]) => text.includes("sessionStorage")).map(([name]) => name);
    expect(keeps.sort()).toEqual(["approve/kept-secrets.ts", "introduce/kept-invitation.ts"]);
  });

  it("call the network at one place", () => {
    expect(sources.filter(([, text]) => /\bfetch\(/.test(text)).map(([name]) => name)).toEqual(["agent-page.ts"]);
  });
});
