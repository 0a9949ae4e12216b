import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { buildPage } from "./build-page.mjs";

const sha256 = (text: string) => `sha256-${createHash("sha256").update(text).digest("base64")}`;

/** Builds in a process of its own, from another folder and in another time zone. */
async function buildElsewhere(name: string): Promise<string> {
  const { spawnSync } = await import("node:child_process");
  const module = new URL("./build-page.mjs", import.meta.url).href;
  const code = `const { buildPage } = await import(${JSON.stringify(module)}); console.log((await buildPage(${JSON.stringify(name)})).hashes.page);`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
    cwd: "/",
    encoding: "utf8",
    env: { ...process.env, TZ: "Pacific/Auckland", LANG: "C" },
  });
  return stdout.trim();
}

describe.each(["page", "hosted"] as const)("the built page %s", (name) => {
  it("is the same to the last byte wherever and whenever it is built", async () => {
    const { hashes } = await buildPage(name);
    expect((await buildPage(name)).hashes).toEqual(hashes);
    expect(await buildElsewhere(name)).toBe(hashes.page);
  });

  it("has one script and one style, whose hashes are the ones that its policy will name", async () => {
    const { html, hashes } = await buildPage(name);
    const parts = (tag: string) => [...html.matchAll(new RegExp(`<${tag}[^>]*>([\\s\\S]*?)</${tag}>`, "g"))];
    expect(parts("script").map(([, text]) => sha256(text ?? ""))).toEqual([hashes.script]);
    expect(parts("style").map(([, text]) => sha256(text ?? ""))).toEqual([hashes.style]);
    expect(sha256(html)).toBe(hashes.page);
  });

  it("needs nothing from anywhere else", async () => {
    const { html } = await buildPage(name);
    expect(html).not.toMatch(/\s(?:src|href|action)="(?!data:)/);
    expect(html).not.toMatch(/@import|url\((?!data:)/);
  });
});
