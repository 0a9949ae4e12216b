import "reflect-metadata";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BackupDestination } from "@holdfast/protocol";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type BackedUpTestDomain, openBackedUpDomain } from "../testing/backed-up-domain.ts";
import { type StrictS3, startStrictS3 } from "../testing/strict-s3.ts";
import { S3Destination } from "./s3.ts";

const CREDENTIALS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
const folder = mkdtempSync(join(tmpdir(), "holdfast-s3-"));
const credentials = join(folder, "s3.json");
const file = join(folder, "a.backup");
const signal = new AbortController().signal;

let store: StrictS3;
let to: Extract<BackupDestination, { kind: "s3" }>;
beforeAll(async () => {
  writeFileSync(credentials, JSON.stringify(CREDENTIALS), { mode: 0o600 });
  writeFileSync(file, Buffer.alloc(300_000, 7));
  store = await startStrictS3("backups", CREDENTIALS, "eu-central-1");
  const { endpoint } = store;
  to = { kind: "s3", name: "store", endpoint, region: "eu-central-1", bucket: "backups", prefix: "prod/", credentials };
});
afterEach(() => {
  store.mood = "good";
  store.pageSize = 1000;
  store.objects.clear();
  chmodSync(credentials, 0o600);
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

const fault = (code: string, word: string) =>
  expect.objectContaining({ code, detail: expect.objectContaining({ fault: word }) });

describe("a store that speaks S3", () => {
  test("takes, gives back, lists by pages and removes", async () => {
    const place = new S3Destination(to);
    for (const name of ["a.backup", "b.backup", "c.backup"]) await place.put(file, name, signal);
    store.objects.set("other/x.backup", { bytes: Buffer.from("x"), headers: {} });
    store.pageSize = 2;
    expect(await place.list(signal)).toEqual(["a.backup", "b.backup", "c.backup"]);
    await place.get("b.backup", join(folder, "back"), signal);
    expect(readFileSync(join(folder, "back"))).toEqual(readFileSync(file));
    expect(await place.look("b.backup", signal)).toBe(300_000);
    await place.remove("b.backup", signal);
    expect(await place.look("b.backup", signal)).toBeNull();
    expect(await place.list(signal)).toEqual(["a.backup", "c.backup"]);
  });

  test("is asked for a lock where the policy says so, and told the content's hash", async () => {
    await new S3Destination({ ...to, lockDays: 30 }).put(file, "a.backup", signal);
    const headers = store.objects.get("prod/a.backup")?.headers ?? {};
    const until = new Date(String(headers["x-amz-object-lock-retain-until-date"])).getTime();
    expect(headers["x-amz-object-lock-mode"]).toBe("COMPLIANCE");
    expect(Math.abs(until - Date.now() - 30 * 86_400_000)).toBeLessThan(60_000);
    expect(headers["x-amz-checksum-sha256"]).toMatch(/^[A-Za-z0-9+/]{43}=$/);
  });

  test("that refuses, is full, has no such bucket or sends elsewhere is named so", async () => {
    const put = (change: object) => new S3Destination({ ...to, ...change }).put(file, "a.backup", signal);
    await expect(put({ region: "us-east-1" })).rejects.toEqual(fault("E_BACKUP_PLACE", "refused"));
    await expect(put({ bucket: "nobodys" })).rejects.toEqual(fault("E_BACKUP_PLACE", "missing"));
    await expect(put({ endpoint: "http://127.0.0.1:1" })).rejects.toEqual(fault("E_BACKUP_PLACE", "unreachable"));
    store.mood = "full";
    await expect(put({})).rejects.toEqual(fault("E_BACKUP_PLACE", "space"));
    store.mood = "redirects";
    await expect(put({})).rejects.toEqual(fault("E_BACKUP_PLACE", "answer"));
  });

  test("is not asked with credentials that others may read", async () => {
    chmodSync(credentials, 0o640);
    await expect(new S3Destination(to).list(signal)).rejects.toEqual(fault("E_BACKUP_ACCESS", "mode"));
    await expect(new S3Destination({ ...to, credentials: "/nowhere/s3.json" }).list(signal)).rejects.toEqual(
      fault("E_BACKUP_ACCESS", "missing"),
    );
  });
});

describe("an agent that backs up there", () => {
  let domain: BackedUpTestDomain;
  beforeAll(async () => {
    domain = await openBackedUpDomain();
    domain.createKey();
    domain.decide({ destinations: [to] });
  });
  afterAll(() => domain.close());

  test("counts no backup that comes back changed by a bit", async () => {
    store.mood = "corrupts";
    await domain.look();
    expect(domain.index.lastBackup()).toBeNull();
    expect(domain.backups.places()).toMatchObject([{ newest: null, failing: { code: "E_BACKUP_READBACK" } }]);
    store.mood = "good";
    domain.pass(15);
    await domain.look();
    expect(domain.backups.places()).toMatchObject([{ failing: null }]);
    expect(domain.index.lastBackup()).not.toBeNull();
  });
});
