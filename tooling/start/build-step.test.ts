import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type BuildStep, runBuildStep } from "./build-step.ts";

let root: string;
let step: BuildStep;
const context = { say: () => undefined, signal: new AbortController().signal };

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "holdfast-build-"));
  mkdirSync(join(root, "src"));
  writeFileSync(join(root, "src/a.ts"), "1");
  const script = `require("node:fs").appendFileSync(${JSON.stringify(join(root, "made"))}, "x")`;
  writeFileSync(join(root, "make.cjs"), script);
  step = { name: "thing", inputs: ["src"], output: join(root, "made"), words: [join(root, "make.cjs")], cwd: root };
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const made = () => readFileSync(join(root, "made"), "utf8").length;

describe("a build step", () => {
  it("is not run again while its sources are the same", async () => {
    expect(await runBuildStep(root, step, context)).toBe(true);
    expect(await runBuildStep(root, step, context)).toBe(false);
    expect(made()).toBe(1);
  });

  it("is run again when a source changed, appeared or went", async () => {
    await runBuildStep(root, step, context);
    writeFileSync(join(root, "src/a.ts"), "2");
    await runBuildStep(root, step, context);
    writeFileSync(join(root, "src/b.ts"), "");
    await runBuildStep(root, step, context);
    rmSync(join(root, "src/b.ts"));
    await runBuildStep(root, step, context);
    expect(made()).toBe(4);
  });

  it("is not run again for a test that changed", async () => {
    await runBuildStep(root, step, context);
    writeFileSync(join(root, "src/a.test.ts"), "1");
    expect(await runBuildStep(root, step, context)).toBe(false);
  });

  it("counts as not made when it ended well and left nothing", async () => {
    writeFileSync(join(root, "make.cjs"), "");
    await expect(runBuildStep(root, step, context)).rejects.toThrow("The thing was not made");
  });

  it("counts as not made when it failed, even if it left something behind", async () => {
    writeFileSync(join(root, "make.cjs"), `${readFileSync(join(root, "make.cjs"), "utf8")}; process.exit(3)`);
    await expect(runBuildStep(root, step, context)).rejects.toMatchObject({ next: expect.any(String) });
    expect(existsSync(join(root, "made"))).toBe(true);
    await expect(runBuildStep(root, step, context)).rejects.toThrow("The thing cannot be made");
  });
});
