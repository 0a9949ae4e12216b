import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTimeOf } from "../postgres/left-over.ts";
import { takeLock, waitForLock } from "./instance-lock.ts";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-lock-"));
  file = join(folder, "start.lock");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the lock of a data folder", () => {
  it("refuses a second start and names the first one's process", () => {
    takeLock(file);
    expect(() => takeLock(file)).toThrow(`process ${process.pid}`);
  });

  it("is free again once it was given back", () => {
    takeLock(file)();
    expect(existsSync(file)).toBe(false);
    takeLock(file)();
  });

  it("is taken over from a process that was killed", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => 0, 1000)"]);
    const pid = child.pid ?? 0;
    writeFileSync(file, JSON.stringify({ pid, startedAt: startTimeOf(pid) }));
    expect(() => takeLock(file)).toThrow(`process ${pid}`);
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
    takeLock(file)();
  });

  it("is taken over when the process number belongs to another program by now", () => {
    writeFileSync(file, JSON.stringify({ pid: process.pid, startedAt: (startTimeOf(process.pid) ?? 0) - 100 }));
    takeLock(file)();
  });

  it.each(["", "{", "[]", '{"pid":"x"}'])("is taken over when a start was cut off while writing it: %j", (text) => {
    writeFileSync(file, text);
    takeLock(file)();
  });
});

describe("the lock of a build", () => {
  it("is had by one after the other, also by those who come at the same moment", async () => {
    const holding = new Set<number>();
    const most: number[] = [];
    const build = async (number: number) => {
      const release = await waitForLock(file, 30_000);
      holding.add(number);
      await nextTurn();
      most.push(holding.size);
      holding.delete(number);
      release();
    };
    await Promise.all([1, 2, 3].map(build));
    expect(most).toEqual([1, 1, 1]);
    expect(existsSync(file)).toBe(false);
  });

  it("is nobody else's while its holder writes who it is, and is taken over once that was cut off", async () => {
    writeFileSync(file, "");
    await expect(waitForLock(file, 120)).rejects.toMatchObject({ message: expect.stringContaining("building") });
    const before = Date.now() / 1000 - 60;
    utimesSync(file, before, before);
    (await waitForLock(file, 30_000))();
    expect(existsSync(file)).toBe(false);
  });

  it("is taken over from a process that is gone", async () => {
    writeFileSync(file, JSON.stringify({ pid: process.pid, startedAt: (startTimeOf(process.pid) ?? 0) - 100 }));
    (await waitForLock(file, 30_000))();
    expect(existsSync(file)).toBe(false);
  });
});
