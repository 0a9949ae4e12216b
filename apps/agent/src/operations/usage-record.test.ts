import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeBase64url } from "@holdfast/protocol";
import { leafHash, MemoryTree } from "@holdfast/tlog";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ClientRecord } from "../keystore/records.ts";
import type { UseRow } from "../lifecycle/host-entry.ts";
import { createLogger } from "../logger.ts";
import { ClockGuard } from "../self-check/clock.ts";
import type { Caller } from "./caller.ts";
import { CoarseClock } from "./coarse-clock.ts";
import { UsageRecord } from "./usage-record.ts";

const MINUTE = 29_833_333;
const KEY = `k_${"a".repeat(26)}`;

/** What the log has taken, and whether it takes anything. */
class Log {
  readonly rows: UseRow[] = [];
  mode: "taking" | "recovering" | "failing" = "taking";

  recordUse(rows: readonly UseRow[]): boolean {
    if (this.mode === "failing") throw new RangeError("disk full");
    if (this.mode === "recovering") return false;
    this.rows.push(...rows);
    return true;
  }
}

let folder: string;
let log: Log;
let seconds: number;
let lines: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-usage-"));
  log = new Log();
  seconds = MINUTE * 60;
  lines = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const caller = (name: string, from = "10.0.0.5"): Caller => ({
  client: { id: `c_${name.repeat(26)}` } as ClientRecord,
  from,
});
const use = { keyId: KEY, version: 1, op: "encrypt", bytes: 10 };

/** A record whose clock is read anew at every use. */
function makeRecord(): UsageRecord {
  const clock = { now: () => seconds } as CoarseClock;
  return new UsageRecord({
    executor: log,
    clock,
    logger: createLogger((line) => lines.push(line)),
    dataDirectory: folder,
  });
}

describe("roll-ups", () => {
  test("are one a key, client and minute, of minutes that are over", () => {
    const record = makeRecord();
    record.add(caller("a"), use);
    record.add(caller("a"), { ...use, op: "decrypt" });
    record.add(caller("b"), { ...use, count: 3, bytes: 30 });
    record.roll();
    expect(log.rows).toEqual([]);
    seconds += 60;
    record.add(caller("a"), use);
    record.roll();
    expect(log.rows.map(({ clientId, minute, ops, bytes }) => ({ clientId, minute, ops, bytes }))).toEqual([
      { clientId: caller("a").client.id, minute: MINUTE, ops: { encrypt: 1, decrypt: 1 }, bytes: 20 },
      { clientId: caller("b").client.id, minute: MINUTE, ops: { encrypt: 3 }, bytes: 30 },
    ]);
    record.flush();
    expect(log.rows[2]).toMatchObject({ minute: MINUTE + 1, ops: { encrypt: 1 } });
    record.flush();
    expect(log.rows).toHaveLength(3);
  });

  test("commit to the lines of the local detail", () => {
    const record = makeRecord();
    record.add(caller("a"), use);
    record.add(caller("a"), use);
    record.add(caller("a", "10.0.0.6"), use);
    seconds += 1;
    record.add(caller("a"), { ...use, version: 2 });
    record.flush();
    const [name = ""] = readdirSync(join(folder, "use"));
    expect(name).toBe(`${new Date(MINUTE * 60_000).toISOString().slice(0, 10)}.jsonl`);
    const [head = "", ...detail] = readFileSync(join(folder, "use", name), "utf8")
      .trimEnd()
      .split("\n");
    const tree = new MemoryTree();
    for (const line of detail) tree.append(leafHash(Buffer.from(line)));
    const root = encodeBase64url(tree.root);
    expect(log.rows[0]?.root).toBe(root);
    expect(JSON.parse(head)).toEqual({ key: KEY, client: caller("a").client.id, minute: MINUTE, root, lines: 3 });
    expect(detail.map((line) => JSON.parse(line))).toEqual([
      { at: MINUTE * 60, op: "encrypt", version: 1, from: "10.0.0.5", count: 2, bytes: 20 },
      { at: MINUTE * 60, op: "encrypt", version: 1, from: "10.0.0.6", count: 1, bytes: 10 },
      { at: MINUTE * 60 + 1, op: "encrypt", version: 2, from: "10.0.0.5", count: 1, bytes: 10 },
    ]);
    expect(statSync(join(folder, "use", name)).mode & 0o777).toBe(0o600);
  });

  test.each(["recovering", "failing"] as const)(
    "that the log does not take (%s) are kept and offered again, once",
    (mode) => {
      const record = makeRecord();
      log.mode = mode;
      record.add(caller("a"), use);
      record.flush();
      record.flush();
      expect(record.waiting).toBe(1);
      expect(record.unrecorded(KEY)).toBe(1);
      log.mode = "taking";
      record.add(caller("b"), use);
      record.flush();
      expect(log.rows).toHaveLength(2);
      expect(record.waiting).toBe(0);
      expect(record.unrecorded(KEY)).toBe(0);
      expect(lines.some((line) => line.includes("use.unrecorded"))).toBe(mode === "failing");
    },
  );

  test("are taken also when the detail cannot be written, and the log of the agent says so", () => {
    writeFileSync(join(folder, "use"), "a file where the folder should be");
    const record = makeRecord();
    record.add(caller("a"), use);
    record.flush();
    expect(log.rows).toHaveLength(1);
    expect(lines.join()).toContain("use.detail-unwritten");
  });
});

test("unrecorded counts what spends encryptions, in the current and in earlier minutes", () => {
  const record = makeRecord();
  for (const op of ["encrypt", "datakey", "reencrypt", "decrypt"]) record.add(caller("a"), { ...use, op });
  seconds += 60;
  record.add(caller("a"), { ...use, count: 4 });
  expect(record.unrecorded(KEY)).toBe(7);
  expect(record.unrecorded(`k_${"b".repeat(26)}`)).toBe(0);
});

test("detail of long ago is removed, and nothing else in its folder", () => {
  const record = makeRecord();
  record.add(caller("a"), use);
  record.flush();
  for (const name of ["2001-01-01.jsonl", "notes.txt"]) writeFileSync(join(folder, "use", name), "x");
  seconds += 86_400;
  record.add(caller("a"), use);
  record.flush();
  const left = readdirSync(join(folder, "use")).sort();
  expect(left).toHaveLength(3);
  expect(left).toContain("notes.txt");
  expect(left).not.toContain("2001-01-01.jsonl");
});

test("the coarse clock follows the judged time", () => {
  const guard = new ClockGuard({ now: () => 1_790_000_000, monotonic: () => 0 });
  expect(new CoarseClock(guard).now()).toBe(1_790_000_000);
});
