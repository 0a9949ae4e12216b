import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { freeBytesAt } from "../keystore/disk-space.ts";
import { SqliteStore } from "../keystore/sqlite/sqlite-store.ts";
import { diskChecks } from "./disk-checks.ts";

const WELL = { failures: 0, failedAt: null, doubtfulSince: null };
const MIB = 2 ** 20;

describe("a full disk", () => {
  test("is told as one by the refusal of a change, with how much is free; the change goes through once there is room", () => {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-full-"));
    const store = SqliteStore.open(join(folder, "agent.db"));
    const put = () =>
      store.transact(() =>
        store.putRow("setting", { id: "x", body: Buffer.alloc(64 * 1024), leaf: 0, mac: Buffer.alloc(32) }),
      );
    const limit = (pages: number) => store.database.exec(`PRAGMA max_page_count = ${pages}`);
    try {
      limit(1); // SQLite takes the size that it has: the next page finds no room
      expect(put).toThrowError(
        expect.objectContaining({
          code: "E_STORE",
          message: expect.stringMatching(/no room for the store \(\d+ [KMG]iB are free\)/),
          next: expect.stringContaining("Make room"),
        }),
      );
      expect(store.findRow("setting", "x")).toBeNull();
      limit(100_000);
      put();
      expect(store.findRow("setting", "x")?.body).toHaveLength(64 * 1024);
    } finally {
      store.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("is bad in doctor, one that nearly is a warning, and one with room is not spoken of", () => {
    const found = (free: number | null) => diskChecks(WELL, free).map(({ result, what }) => [result, what]);
    expect(found(12 * 1024)).toEqual([["bad", expect.stringContaining("full: 12 KiB are free")]]);
    expect(found(MIB)).toEqual([["warning", expect.stringContaining("nearly full: 1 MiB are free")]]);
    expect([found(64 * MIB), found(null)]).toEqual([[], []]);
  });

  test("is the next step where the store is not durable because of it", () => {
    const doubtful = { failures: 1, failedAt: 1_790_000_000, doubtfulSince: 1_790_000_000 };
    expect(diskChecks(doubtful, 0)[0]).toMatchObject({ result: "bad", next: expect.stringContaining("make room") });
    expect(diskChecks(doubtful, 900 * MIB)[0]?.next).toContain("kernel's messages");
  });

  test("is measured where the store is", () => {
    expect(freeBytesAt(tmpdir())).toBeGreaterThan(0);
    expect(freeBytesAt("/no/such/folder")).toBeNull();
  });
});
