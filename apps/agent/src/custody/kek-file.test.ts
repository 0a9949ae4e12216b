import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRootKey, RootKey, sealRootKey } from "@holdfast/crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createKekFile, freeKekPath, readKekFile } from "./kek-file.ts";

let base: string;
let data: string;
let path: string;
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-kek-")));
  data = join(base, "data");
  mkdirSync(data, { mode: 0o700 });
  path = join(base, "keys", "a.kek");
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const refused = (code: string, detail?: Record<string, string>) =>
  expect.objectContaining({ code, ...(detail === undefined ? {} : { detail: expect.objectContaining(detail) }) });

test("a key-encryption key comes back from its file, which only its owner can read", () => {
  const root = RootKey.generate();
  const sealed = sealRootKey(createKekFile(path, data), root, "x");
  expect(openRootKey(readKekFile(path, data), sealed, "x").commitment).toEqual(root.commitment);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(base, "keys")).mode & 0o777).toBe(0o700);
});

test("a key-encryption key inside the data folder is refused, also through a link, dots or a folder yet to be made", () => {
  symlinkSync(data, join(base, "alias"));
  for (const inside of [
    join(data, "a.kek"),
    join(data, "new", "deep", "a.kek"),
    join(base, "alias", "a.kek"),
    `${data}/x/../a.kek`,
  ]) {
    expect(() => createKekFile(inside, data)).toThrowError(refused("E_KEK_PATH"));
    expect(() => readKekFile(inside, data)).toThrowError(refused("E_KEK_PATH"));
  }
  createKekFile(`${data}-beside.kek`, data);
  expect(() => createKekFile(join(base, "b.kek"), base)).toThrowError(refused("E_KEK_PATH"));
});

test("a key-encryption key's file that others could read is refused", () => {
  createKekFile(path, data);
  for (const mode of [0o640, 0o604, 0o660, 0o644, 0o610]) {
    chmodSync(path, mode);
    expect(() => readKekFile(path, data)).toThrowError(refused("E_KEK_FILE", { fault: "mode" }));
  }
  chmodSync(path, 0o400);
  readKekFile(path, data);
});

test("a symbolic link, a second name, a folder or nothing in place of the file is refused", () => {
  createKekFile(path, data);
  symlinkSync(path, join(base, "link.kek"));
  expect(() => readKekFile(join(base, "link.kek"), data)).toThrowError(refused("E_KEK_FILE", { fault: "link" }));
  linkSync(path, join(base, "second.kek"));
  expect(() => readKekFile(path, data)).toThrowError(refused("E_KEK_FILE", { fault: "kind" }));
  expect(() => readKekFile(join(base, "keys"), data)).toThrowError(refused("E_KEK_FILE", { fault: "kind" }));
  expect(() => readKekFile(join(base, "none.kek"), data)).toThrowError(refused("E_KEK_FILE", { fault: "missing" }));
});

test("a file of another content or size is refused", () => {
  createKekFile(path, data);
  const good = readFileSync(path);
  for (const bytes of [
    Buffer.alloc(0),
    good.subarray(1),
    good.subarray(0, -1),
    Buffer.concat([good, Buffer.of(10)]),
    Buffer.alloc(48),
  ]) {
    const other = join(base, "other.kek");
    writeFileSync(other, bytes, { mode: 0o600 });
    expect(() => readKekFile(other, data)).toThrowError(refused("E_KEK_FILE"));
  }
});

test("a key-encryption key is never overwritten, and its folder must not be writable by others", () => {
  createKekFile(path, data);
  const before = readFileSync(path);
  expect(() => createKekFile(path, data)).toThrowError(refused("E_KEK_PLACE", { fault: "exists" }));
  expect(readFileSync(path)).toEqual(before);
  expect(freeKekPath(join(base, "keys"), "a")).toBe(join(base, "keys", "a-2.kek"));
  mkdirSync(join(base, "open"));
  chmodSync(join(base, "open"), 0o777);
  expect(() => createKekFile(join(base, "open", "a.kek"), data)).toThrowError(
    refused("E_KEK_PLACE", { fault: "mode" }),
  );
});

test("a key-encryption key that a person places is in a folder that is there: none is made by a slip of the pen", () => {
  const slip = join(base, "nonexist", "deep", "a.kek");
  expect(() => createKekFile(slip, data, "there")).toThrowError(refused("E_KEK_PLACE", { fault: "folder" }));
  expect(existsSync(join(base, "nonexist"))).toBe(false);
});
