import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkImports, describeProblems, type ImportReport } from "./check-imports.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** One file a rule, which must be caught by that rule: where it is put, and what it imports. */
const PLANTED: readonly [rule: string, path: string, source: string][] = [
  ["edges-of-packages/protocol", "packages/protocol/src/planted-edge.ts", 'import "@holdfast/tlog";'],
  ["edges-of-packages/tlog", "packages/tlog/src/planted-edge.ts", 'import "@holdfast/custody-report";'],
  ["edges-of-packages/kmip", "packages/kmip/src/planted-edge.ts", 'import "@holdfast/tlog";'],
  ["edges-of-packages/crypto", "packages/crypto/src/planted-edge.ts", 'import "@holdfast/tlog";'],
  ["edges-of-packages/custody-report", "packages/custody-report/src/planted-edge.ts", 'import "@holdfast/crypto";'],
  ["edges-of-packages/db", "packages/db/src/planted-edge.ts", 'import "@holdfast/tlog";'],
  ["edges-of-packages/testkit", "packages/testkit/src/planted-edge.ts", 'import "@holdfast/crypto";'],
  ["edges-of-packages/notices", "packages/notices/src/planted-edge.ts", 'import "@holdfast/tlog";'],
  ["edges-of-apps/web", "apps/web/src/server/planted-edge.ts", 'import "@holdfast/crypto";'],
  ["edges-of-apps/agent", "apps/agent/src/planted-edge.ts", 'import "@holdfast/db";'],
  ["edges-of-apps/verify", "apps/verify/src/planted-edge.ts", 'import "@holdfast/db";'],
  ["edges-of-apps/approve", "apps/approve/src/planted-edge.ts", 'import "@holdfast/tlog";'],
  ["browser-code-is-not-server-code", "apps/web/src/browser/planted-server.ts", 'import "../server/planted-edge.ts";'],
  ["browser-code-has-no-node", "apps/web/src/components/planted-node.ts", 'import "node:fs";'],
  ["web-holds-no-keys", "apps/web/src/server/planted-way-round.ts", 'import "./planted-edge.ts";'],
  ["shares-stay-with-custodians", "apps/web/src/browser/planted-share.ts", 'import "@holdfast/protocol/custodian";'],
  ["verify-stands-alone", "apps/verify/src/planted-way-round.ts", 'import "./planted-edge.ts";'],
  ["agent-has-no-database", "apps/agent/src/planted-way-round.ts", 'import "./planted-edge.ts";'],
  ["witness-holds-no-keys", "apps/agent/src/witness-service/planted-key.ts", 'import "@holdfast/crypto";'],
  ["one-door-for-key-material", "apps/agent/src/endpoints/planted-egress.ts", 'import "@holdfast/crypto/egress";'],
  ["providers-only-through-crypto", "packages/crypto/src/planted-provider.ts", 'import "./provider/aes.ts";'],
  ["pure-stays-pure", "packages/tlog/src/planted-node.ts", 'import "node:fs";'],
  ["no-way-round-exports", "apps/agent/src/planted-inside.ts", 'import "../../../packages/tlog/src/errors.ts";'],
  ["no-cycles", "packages/tlog/src/planted-first.ts", 'import { b } from "./planted-second.ts"; export const a = b;'],
  ["no-undeclared", "packages/protocol/src/planted-undeclared.ts", 'import "next";'],
  ["no-dev-dependency-in-src", "packages/db/src/planted-dev.ts", 'import "prisma";'],
  ["no-testkit-in-src", "apps/agent/src/planted-testkit.ts", 'import "@holdfast/testkit";'],
];
const OTHER_HALF_OF_THE_CYCLE = 'import { a } from "./planted-first.ts"; export const b = () => a;';

let copy: string;
let report: ImportReport;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), "holdfast-imports-"));
  const ignored = new Set(["node_modules", ".next", "dist", ".holdfast"]);
  for (const name of ["apps", "packages", "e2e", "tooling", "package.json", "tsconfig.base.json"]) {
    cpSync(join(ROOT, name), join(copy, name), { recursive: true, filter: (path) => !ignored.has(basename(path)) });
  }
  linkPackages();
  for (const [, path, source] of PLANTED) plant(path, source);
  plant("packages/tlog/src/planted-second.ts", OTHER_HALF_OF_THE_CYCLE);
  report = checkImports(
    copy,
    PLANTED.map(([, path]) => path),
  );
}, 300_000);

afterAll(() => rmSync(copy, { recursive: true, force: true }));

describe("the import rules", () => {
  it.each(PLANTED)("%s catches %s", (rule, path) => {
    expect(report.violations).toContainEqual(expect.objectContaining({ rule, from: path }));
  });

  it("have a planted violation for every rule there is", () => {
    expect([...report.reasons.keys()].sort()).toEqual(PLANTED.map(([rule]) => rule).sort());
  });

  it("still name packages that exist, so that a rename silences none", () => {
    for (const [, path] of PLANTED) expect(existsSync(join(ROOT, dirname(path))), path).toBe(true);
    for (const target of ["packages/crypto/src/egress.ts", "packages/crypto/src/provider/crypto.ts", "apps/agent"]) {
      expect(existsSync(join(ROOT, target)), target).toBe(true);
    }
  });

  it("refuse a run that saw next to nothing", () => {
    expect(describeProblems({ ...report, violations: [], modules: 3 })).toHaveLength(1);
    expect(describeProblems({ ...report, violations: [], modules: 2000 })).toEqual([]);
  });
});

function plant(path: string, source: string): void {
  mkdirSync(dirname(join(copy, path)), { recursive: true });
  writeFileSync(join(copy, path), `${source}\n`);
}

/** The installed packages, with our own pointing into the copy. */
function linkPackages(): void {
  const modules = join(copy, "node_modules");
  mkdirSync(join(modules, "@holdfast"), { recursive: true });
  for (const name of readdirSync(join(ROOT, "node_modules"))) {
    if (name !== "@holdfast") symlinkSync(join(ROOT, "node_modules", name), join(modules, name));
  }
  for (const folder of ["apps", "packages"]) {
    for (const name of readdirSync(join(copy, folder))) {
      symlinkSync(join(copy, folder, name), join(modules, "@holdfast", name));
    }
  }
}
