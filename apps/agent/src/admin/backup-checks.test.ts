import "reflect-metadata";
import { readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BackedUpTestDomain, openBackedUpDomain } from "../backup/testing/backed-up-domain.ts";
import { recoveryPathIn } from "../custody/recovery-file.ts";
import { doctorChecks } from "./doctor-checks.ts";

let domain: BackedUpTestDomain;
beforeAll(async () => {
  domain = await openBackedUpDomain();
});
afterAll(() => domain.close());

const said = (name: string) =>
  doctorChecks(domain.agent)
    .filter((check) => check.name === name)
    .map(({ result, what }) => `${result}: ${what}`);

describe("doctor says of backups", () => {
  test("that they are made by hand, and which keys are in none", () => {
    domain.createKey();
    expect(said("backup")).toEqual(["warning: Keys in no backup: 1."]);
    expect(said("backup policy")).toEqual([expect.stringMatching(/^warning: .*by hand only/)]);
  });

  test("that they are made alone and where, and that they lie on the disk of the keys", async () => {
    domain.decide();
    await domain.look();
    expect(said("backup")).toEqual([expect.stringMatching(/^good: Every key is in the newest backup/)]);
    expect(said("backup destination")).toEqual([
      expect.stringMatching(/^good: The newest backup at disk was read back/),
    ]);
    expect(said("bootstrap")).toEqual([expect.stringMatching(/^warning: .*same disk as the keys/)]);
  });

  test("which destination fails, and since when, as the one thing that is bad", async () => {
    renameSync(domain.folder, `${domain.folder}-away`);
    await domain.backups.backUpNow();
    domain.pass(300);
    expect(said("backup destination")).toEqual([
      "bad: Backups to disk fail since 5 minutes (E_BACKUP_PLACE, missing).",
    ]);
    renameSync(`${domain.folder}-away`, domain.folder);
  });

  test("that the newest is gone, as soon as somebody asks, and where a policy that is over had put some", async () => {
    await domain.backups.backUpNow();
    for (const name of readdirSync(domain.folder)) rmSync(join(domain.folder, name));
    await domain.backups.lookNow();
    expect(said("backup destination")).toEqual(["bad: Backups to disk fail since 0 seconds (E_BACKUP_MISSING, gone)."]);
    expect(said("backup")).toEqual(["warning: Keys in no backup: 1."]);
    await domain.backups.backUpNow();
    expect(said("backup")).toEqual([expect.stringMatching(/^good/)]);
    domain.decide({ destinations: [{ kind: "directory", name: "far", path: `${domain.folder}-far` }] });
    expect(said("backup")).toEqual([
      "warning: Keys in no backup: 1. Not counted: what lies at disk, which the policy no longer names.",
    ]);
  });

  test("that what opens them lies beside the key-encryption key, until it is moved away", () => {
    const { custody, identity } = domain.agent;
    if (custody.kek.kind !== "file") throw new TypeError("the agent's key-encryption key is a file");
    expect(said("recovery file")).toEqual([
      expect.stringMatching(/^warning: .*when this host is lost, no backup opens/),
    ]);
    const { keystore } = domain;
    const plain = keystore.domain();
    const plan = { k: 2, custodians: [] };
    keystore.replaceDomain({ ...plain, escrow: { ...plan, recoveryFile: true } });
    expect(said("recovery file")).toEqual([expect.stringMatching(/only custodians open a backup\.$/)]);
    keystore.replaceDomain({ ...plain, escrow: { ...plan, recoveryFile: false } });
    const { count } = domain.index.byRecoveryFile;
    expect(count).toBeGreaterThan(1);
    expect(said("recovery file")).toEqual([
      expect.stringMatching(
        new RegExp(`Custodians open backups now: it opens only the ${count} that were made before`),
      ),
    ]);
    keystore.replaceDomain(plain);
    rmSync(recoveryPathIn(dirname(custody.kek.path), identity.aid));
    expect(said("recovery file")).toEqual([expect.stringMatching(/^good/)]);
  });
});
