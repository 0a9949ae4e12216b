import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BackupDestination } from "@holdfast/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SftpDestination } from "../../apps/agent/src/backup/destinations/sftp.ts";
import { type BackedUpTestDomain, openBackedUpDomain } from "../../apps/agent/src/backup/testing/backed-up-domain.ts";
import { SSHD, type SshServer, startSshd } from "./support/sshd.ts";

type Place = Extract<BackupDestination, { kind: "sftp" }>;

const here = mkdtempSync(join(tmpdir(), "holdfast-sftp-test-"));
const file = join(here, "a.backup");
const signal = new AbortController().signal;
const fault = (word: string) => expect.objectContaining({ detail: expect.objectContaining({ fault: word }) });

test.runIf(process.env["CI"])("there is an OpenSSH server to test with", () => {
  expect(SSHD).toBeDefined();
});

describe.skipIf(SSHD === undefined)("backups to a real OpenSSH server", () => {
  let server: SshServer;
  let to: Place;
  beforeAll(async () => {
    server = await startSshd();
    writeFileSync(file, Buffer.alloc(200_000, 5));
    const { port, user, folder: path, hostKey, identity } = server;
    to = { kind: "sftp", name: "vault", host: "127.0.0.1", port, user, path, hostKey, identity };
  });
  beforeEach(() => {
    for (const name of readdirSync(server.folder)) rmSync(join(server.folder, name));
  });
  afterAll(async () => {
    await server?.close();
    rmSync(here, { recursive: true, force: true });
  });

  test("are put whole under their name, listed, read back and removed", async () => {
    const place = new SftpDestination(to);
    await place.put(file, "one.backup", signal);
    await place.put(file, "two.backup", signal);
    expect((await place.list(signal)).sort()).toEqual(["one.backup", "two.backup"]);
    const into = join(here, "back");
    await place.get("one.backup", into, signal);
    expect(readFileSync(into)).toEqual(readFileSync(file));
    expect(statSync(into).mode & 0o777).toBe(0o600);
    expect(await place.look("one.backup", signal)).toBe(200_000);
    await place.remove("one.backup", signal);
    expect(await place.look("one.backup", signal)).toBeNull();
    expect(readdirSync(server.folder)).toEqual(["two.backup"]);
  });

  test("go to no server but the one whose key the policy names", async () => {
    const place = new SftpDestination({ ...to, hostKey: server.otherHostKey });
    await expect(place.put(file, "a.backup", signal)).rejects.toEqual(fault("host-key"));
    expect(readdirSync(server.folder)).toEqual([]);
  });

  test("say whether the key is refused, the folder missing, or nobody there", async () => {
    const put = (change: Partial<Place>) => new SftpDestination({ ...to, ...change }).put(file, "a.backup", signal);
    await expect(put({ identity: server.stranger })).rejects.toEqual(fault("refused"));
    await expect(put({ path: `${server.folder}/nowhere` })).rejects.toEqual(fault("missing"));
    await expect(new SftpDestination({ ...to, port: 1 }).look("a.backup", signal)).rejects.toEqual(
      fault("unreachable"),
    );
    await expect(put({ port: 1 })).rejects.toEqual(fault("unreachable"));
    await expect(put({ identity: "/nowhere/identity" })).rejects.toMatchObject({ code: "E_BACKUP_ACCESS" });
  });

  test("end when they are given up", async () => {
    const given = new AbortController();
    const listed = new SftpDestination(to).list(given.signal);
    given.abort();
    await expect(listed).rejects.toEqual(fault("timeout"));
  });

  test("count once they were read back, with all that an agent does about them", async () => {
    const domain: BackedUpTestDomain = await openBackedUpDomain();
    try {
      domain.createKey();
      domain.decide({ destinations: [to], keep: { last: 1, days: 0 } });
      await domain.look();
      domain.pass(86_400);
      await domain.look();
      expect(domain.backups.places()).toMatchObject([{ failing: null, newest: { at: expect.any(Number) } }]);
      expect(readdirSync(server.folder)).toHaveLength(1);
      await domain.backups.lookNow();
      expect(domain.backups.places()).toMatchObject([{ failing: null }]);
      for (const name of readdirSync(server.folder)) rmSync(join(server.folder, name));
      await domain.backups.lookNow();
      expect(domain.backups.places()).toMatchObject([{ newest: null, failing: { code: "E_BACKUP_MISSING" } }]);
    } finally {
      await domain.close();
    }
  });
});
