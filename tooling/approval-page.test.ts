import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ensureApprovalPage } from "./approval-page.mjs";

const CHECKOUT = fileURLToPath(new URL("..", import.meta.url));
const kept = (from: string) => !/\/(dist|node_modules)$/.test(from);

let clone: string;
const page = () => join(clone, "apps/approve/dist");
const files = () => readdirSync(join(clone, "apps/approve")).includes("dist") && readdirSync(page()).sort();

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), "holdfast-clone-"));
  cpSync(join(CHECKOUT, "apps/approve"), join(clone, "apps/approve"), { recursive: true, filter: kept });
  cpSync(join(CHECKOUT, "tsconfig.base.json"), join(clone, "tsconfig.base.json"));
  symlinkSync(join(CHECKOUT, "node_modules"), join(clone, "node_modules"));
});
afterEach(() => rmSync(clone, { recursive: true, force: true }));

test("a clone whose page was never built has it when the agent is to serve, and not for other commands", () => {
  ensureApprovalPage(clone, ["key", "list"]);
  expect(files()).toBe(false);
  ensureApprovalPage(clone, ["serve", "--data", "agent"]);
  expect(files()).toEqual(["hosted.html", "hosted.json", "page.html", "page.json"]);
});

test("a page of which a part is missing is not made whole behind anybody's back", () => {
  cpSync(join(CHECKOUT, "apps/approve/src/page.html"), join(page(), "page.html"));
  ensureApprovalPage(clone, ["serve"]);
  expect(files()).toEqual(["page.html"]);
});

test("a folder without a builder that works is left to the agent's own answer", () => {
  writeFileSync(join(clone, "apps/approve/build.mjs"), "process.exit(1)");
  ensureApprovalPage(clone, ["serve"]);
  rmSync(join(clone, "apps/approve/build.mjs"));
  ensureApprovalPage(clone, ["serve"]);
  expect(files()).toBe(false);
});
