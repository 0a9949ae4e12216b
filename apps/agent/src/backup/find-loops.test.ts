import { mkdtempSync, rmSync, statSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import type { BackupDestination } from "@holdfast/protocol";
import { afterAll, describe, expect, test } from "vitest";
import { findLoops } from "./find-loops.ts";

const dataDirectory = mkdtempSync(join(tmpdir(), "holdfast-loops-"));
afterAll(() => rmSync(dataDirectory, { recursive: true, force: true }));

const CLIENTS = ["ceph", "vault.example", "shop"];
const loops = (...destinations: BackupDestination[]) =>
  findLoops({ destinations }, { dataDirectory, clients: CLIENTS }).map(({ what }) => what);

const sftp = (host: string): BackupDestination => ({
  ...{ kind: "sftp", name: "far", host, port: 22, user: "u", path: "/a", identity: "/b" },
  hostKey: "ssh-ed25519 AAAA",
});
const s3 = (endpoint: string): BackupDestination => ({
  ...{ kind: "s3", name: "store", endpoint, region: "r", bucket: "bbb", credentials: "/c" },
});

describe("finds a backup that a disaster would take along", () => {
  test("on the disk of the store, and not on another", () => {
    expect(loops({ kind: "directory", name: "disk", path: dataDirectory })).toEqual([
      expect.stringContaining("same disk as the keys"),
    ]);
    const other = ["/dev/shm", "/proc", "/sys"].find((path) => statSync(path).dev !== statSync(dataDirectory).dev);
    expect(loops({ kind: "directory", name: "disk", path: other ?? "/proc" })).toEqual([]);
  });

  test("on this very machine, by any of its names", () => {
    for (const host of ["localhost", "127.0.0.1", "::1", hostname()])
      expect(loops(sftp(host))).toEqual([expect.stringContaining("this very machine")]);
    expect(loops(s3("http://127.0.0.1:9000"))).toEqual([expect.stringContaining("this very machine")]);
  });

  test("on a machine that is a client of this key server, by its name in full or in short", () => {
    expect(loops(sftp("ceph.storage.example"))).toEqual([expect.stringContaining("ceph is a client")]);
    expect(loops(s3("https://vault.example:9000"))).toEqual([expect.stringContaining("vault.example is a client")]);
    expect(loops(sftp("backup.example"), s3("https://s3.eu-central-1.amazonaws.com"))).toEqual([]);
  });
});
