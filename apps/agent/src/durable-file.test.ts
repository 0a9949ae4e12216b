import fs, { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeDurably } from "./durable-file.ts";

test("a file is put in place whole, also where the system takes less with one write than was given", () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-durable-"));
  const real = fs.writeSync;
  fs.writeSync = ((file: number, text: string) => real(file, text.slice(0, 10))) as typeof fs.writeSync;
  syncBuiltinESMExports();
  try {
    const content = "0123456789".repeat(1_000);
    writeDurably(join(folder, "file"), content);
    expect(readFileSync(join(folder, "file"), "utf8")).toBe(content);
  } finally {
    fs.writeSync = real;
    syncBuiltinESMExports();
    rmSync(folder, { recursive: true, force: true });
  }
});
