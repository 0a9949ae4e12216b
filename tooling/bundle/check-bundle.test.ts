import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkBundle, type ForbiddenString } from "./check-bundle.ts";

const LIST = fileURLToPath(new URL("./forbidden-strings.json", import.meta.url));
const FORBIDDEN = JSON.parse(readFileSync(LIST, "utf8")) as ForbiddenString[];

let build: string;

const put = (path: string, text: string) => {
  mkdirSync(dirname(join(build, path)), { recursive: true });
  writeFileSync(join(build, path), text);
};

beforeEach(() => {
  build = mkdtempSync(join(tmpdir(), "holdfast-bundle-"));
  for (let n = 0; n < 30; n += 1) put(`static/chunks/${n}.js`, "export const a = 1;");
  put("server/app/page.js.nft.json", JSON.stringify({ files: ["../../packages/protocol/src/index.ts"] }));
});

afterEach(() => rmSync(build, { recursive: true, force: true }));

describe("the bundle check", () => {
  it("passes a build that holds no key-holding code", () => {
    expect(checkBundle(build, FORBIDDEN)).toEqual({ files: 30, traces: 1, problems: [] });
  });

  it.each(FORBIDDEN.map(({ text }) => text))("refuses a chunk for the browser that contains %s", (text) => {
    put("static/chunks/planted.js", `call("${text}")`);
    expect(checkBundle(build, FORBIDDEN).problems).toHaveLength(1);
  });

  it.each([
    "../../../../packages/crypto/src/index.ts",
    "../../../../apps/agent/src/main.ts",
    "../../node_modules/webcrypto-core/build/webcrypto-core.js",
    "../../node_modules/@hpke/core/script/mod.js",
  ])("refuses a server trace that needs %s", (path) => {
    put("server/app/planted.js.nft.json", JSON.stringify({ files: [path] }));
    expect(checkBundle(build, FORBIDDEN).problems).toEqual([expect.stringContaining(path)]);
  });

  it("refuses to pass where there is no build", () => {
    expect(checkBundle(join(build, "nowhere"), FORBIDDEN).problems).toHaveLength(1);
  });
});
