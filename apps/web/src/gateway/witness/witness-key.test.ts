import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { NOTE_TYPE, parseVkey } from "@holdfast/tlog";
import { afterAll, expect, test } from "vitest";
import { openWitness } from "./witness-key.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-witness-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("a witness keeps its name and key over restarts, in a file that only its user reads", () => {
  const file = join(folder, "witness.key");
  const { vkey } = openWitness(file);
  expect(openWitness(file).vkey).toBe(vkey);
  expect(parseVkey(vkey).type).toBe(NOTE_TYPE.cosignature);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a key that others can read, and one that is none, are refused", () => {
  const file = join(folder, "open.key");
  openWitness(file);
  chmodSync(file, 0o644);
  expect(() => openWitness(file)).toThrow(expect.objectContaining({ code: "E_STORE" }));
  const broken = join(folder, "broken.key");
  writeFileSync(broken, "name\nnothing", { mode: 0o600 });
  expect(() => openWitness(broken)).toThrow(expect.objectContaining({ code: "E_STORE" }));
});
