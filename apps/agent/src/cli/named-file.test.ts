import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readNamedFile, readSecretFile } from "./named-file.ts";
import { readPassphrase } from "./terminal.ts";
import { fillNewFile } from "./transfer-options.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-named-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const secret = join(folder, "secret");
writeFileSync(secret, "correct horse battery\n", { mode: 0o600 });
const refused = (code: string, next: RegExp) => expect.objectContaining({ code, next: expect.stringMatching(next) });

test("a secret is taken from its user's own private file alone", async () => {
  expect(await readPassphrase({ file: secret }, "")).toBe("correct horse battery");
  symlinkSync(secret, join(folder, "link"));
  expect(() => readSecretFile(join(folder, "link"))).toThrow(refused("E_SECRET_FILE", /itself/));
  expect(() => readSecretFile(folder)).toThrow(refused("E_SECRET_FILE", /0600/));
  expect(() => readSecretFile("/dev/zero")).toThrow(refused("E_SECRET_FILE", /0600/));
  expect(() => readSecretFile(join(folder, "none"))).toThrow(refused("E_FILE", /path/));
  for (const mode of [0o644, 0o640, 0o604, 0o620]) {
    chmodSync(secret, mode);
    await expect(readPassphrase({ file: secret }, "")).rejects.toEqual(refused("E_SECRET_FILE", /chmod 600/));
  }
  chmodSync(secret, 0o600);
});

test("a pipe and a descriptor given on purpose are taken", async () => {
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const writer = spawn("sh", ["-c", `printf 'through the pipe' > "${pipe}"`]);
  expect(await readPassphrase({ file: pipe }, "")).toBe("through the pipe");
  writer.kill();
  const descriptor = openSync(secret, "r");
  expect(await readPassphrase({ file: `/dev/fd/${descriptor}` }, "")).toBe("correct horse battery");
  closeSync(descriptor);
});

test("a file that never ends is refused, and no secret is longer than 4,096 bytes", async () => {
  expect(() => readNamedFile("/dev/zero")).toThrow(refused("E_FILE", /regular file/));
  expect(() => readNamedFile(folder)).toThrow(refused("E_FILE", /regular file/));
  const endless = openSync("/dev/zero", "r");
  expect(() => readNamedFile(`/dev/fd/${endless}`)).toThrow(refused("E_FILE", /right file/));
  await expect(readPassphrase({ descriptor: String(endless) }, "")).rejects.toEqual(refused("E_FILE", /source/));
  closeSync(endless);
  const long = join(folder, "long");
  writeFileSync(long, Buffer.alloc(10_000, 7));
  expect(readNamedFile(long)).toEqual(Buffer.alloc(10_000, 7));
});

test("a file that is there already is refused before anything is asked for, and a refusal leaves none behind", async () => {
  const path = join(folder, "new");
  let asked = 0;
  const ask = async (answer: string | Error) => {
    asked += 1;
    if (typeof answer !== "string") throw answer;
    return answer;
  };
  await expect(fillNewFile(secret, () => ask("never"))).rejects.toEqual(refused("E_FILE", /another file/));
  expect([asked, readFileSync(secret, "utf8")]).toEqual([0, "correct horse battery\n"]);
  await expect(fillNewFile(path, () => ask(new Error("refused")))).rejects.toThrow("refused");
  expect(existsSync(path)).toBe(false);
  await fillNewFile(path, () => ask("sealed"));
  expect(readFileSync(path, "utf8")).toBe("sealed");
});
