import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openClient } from "./client.ts";
import { type Db, openDb } from "./open-db.ts";
import { createEnvironment, createTenant } from "./repositories/tenants.ts";
import type { Scope } from "./tenancy.ts";
import { makeTestDatabase, type TestDatabase } from "./testing/test-database.ts";
import { uuidV7 } from "./uuid-v7.ts";

let database: TestDatabase;
let db: Db;
const [ada, bob] = [uuidV7(), uuidV7()];
let ours: Scope;
let theirs: Scope;

/** One connection only: whatever it would carry to its next user shows. */
beforeAll(async () => {
  database = await makeTestDatabase();
  db = await openDb({ ...database, maxConnections: 1 });
  const found = (accountId: string) => {
    const tenantId = uuidV7();
    return db.withTenant(tenantId, (tx) =>
      createTenant(tx, tenantId, { name: "Org", accountId, environmentName: "Production" }),
    );
  };
  [ours, theirs] = [await found(ada), await found(bob)];
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

describe("a tenant's client", () => {
  test("sees its own rows only, whatever it asks for", async () => {
    const [tenants, environments, memberships] = await db.withTenant(ours.tenantId, async (tx) => [
      await tx.tenant.findMany(),
      await tx.environment.findMany({ where: { tenantId: { in: [ours.tenantId, theirs.tenantId] } } }),
      await tx.membership.findMany(),
    ]);
    expect(tenants).toMatchObject([{ id: ours.tenantId }]);
    expect(environments).toMatchObject([{ id: ours.environmentId }]);
    expect(memberships).toMatchObject([{ accountId: ada }]);
    const raw = await db.withTenant(ours.tenantId, (tx) => tx.$queryRaw`SELECT tenant_id FROM app.environment`);
    expect(raw).toEqual([{ tenant_id: ours.tenantId }]);
  });

  test("cannot write, change or remove another tenant's rows, nor move one of its own there", async () => {
    const write = (work: Parameters<Db["withTenant"]>[1]) => db.withTenant(ours.tenantId, work);
    await expect(write((tx) => createEnvironment(tx, theirs.tenantId, "Theirs"))).rejects.toThrow(/row-level security/);
    const where = { tenantId: theirs.tenantId };
    expect(await write((tx) => tx.environment.updateMany({ where, data: { name: "Mine" } }))).toEqual({ count: 0 });
    expect(await write((tx) => tx.membership.deleteMany({ where }))).toEqual({ count: 0 });
    await expect(
      write((tx) => tx.$executeRaw`UPDATE app.agent SET tenant_id = ${theirs.tenantId}::uuid`),
    ).resolves.toBe(0);
    await expect(
      write(async (tx) => {
        await tx.annotation.create({ data: { ...ours, subject: "k", writtenBy: ada } });
        await tx.$executeRaw`UPDATE app.annotation SET tenant_id = ${theirs.tenantId}::uuid`;
      }),
    ).rejects.toThrow(/row-level security/);
  });

  test("row 84: cannot refer to another tenant's row, which looks exactly like one that is not there", async () => {
    const refer = (environmentId: string) =>
      db
        .withTenant(ours.tenantId, (tx) =>
          tx.annotation.create({ data: { tenantId: ours.tenantId, environmentId, subject: "k", writtenBy: ada } }),
        )
        .catch((error: unknown) => error);
    const [anothers, nobodys] = [await refer(theirs.environmentId), await refer(uuidV7())];
    expect(anothers).toMatchObject({ code: "P2003" });
    expect(nobodys).toMatchObject({ code: "P2003" });
  });

  test("row 85: learns nothing from names that another tenant took", async () => {
    await db.withTenant(theirs.tenantId, (tx) => createEnvironment(tx, theirs.tenantId, "Staging"));
    await expect(
      db.withTenant(ours.tenantId, (tx) => createEnvironment(tx, ours.tenantId, "Staging")),
    ).resolves.toMatchObject({ tenantId: ours.tenantId });
  });

  test("row 86: leaves nothing on its connection for the next user of it, also after an error", async () => {
    await db.withTenant(ours.tenantId, (tx) => tx.tenant.findMany());
    await expect(db.withTenant(ours.tenantId, (tx) => tx.$queryRaw`SELECT 1 / 0`)).rejects.toThrow();
    const client = openClient({ url: database.appUrl, maxConnections: 1 });
    for (const attempt of [1, 2]) {
      const before = await client.tenant.findMany();
      await client.$transaction(async (tx) => {
        await tx.$executeRaw`SELECT set_config('app.tenant_id', ${ours.tenantId}, true)`;
        expect(await tx.tenant.count()).toBe(1);
      });
      expect({ attempt, before, after: await client.tenant.findMany() }).toEqual({ attempt, before: [], after: [] });
    }
    await client.$disconnect();
    expect(await db.withTenant(uuidV7(), (tx) => tx.tenant.findMany())).toEqual([]);
  });

  test("is never given for something that is no id", async () => {
    for (const id of ["", "x", `${ours.tenantId}'`, ours.tenantId.toUpperCase()]) {
      expect(() => db.withTenant(id, async () => undefined)).toThrow(expect.objectContaining({ code: "DB_TENANT" }));
    }
  });

  test("keeps twenty transactions of two tenants at the same moment apart", async () => {
    const seen = await Promise.all(
      Array.from({ length: 20 }, (_, index) => {
        const scope = index % 2 ? ours : theirs;
        return db.withTenant(scope.tenantId, async (tx) => (await tx.tenant.findMany()).map(({ id }) => id));
      }),
    );
    expect(seen).toEqual(seen.map((_, index) => [index % 2 ? ours.tenantId : theirs.tenantId]));
  });
});

describe("an account", () => {
  test("finds its own memberships without naming a tenant, and nobody else's", async () => {
    expect(await db.membershipsOf(ada)).toEqual([{ tenantId: ours.tenantId, role: "owner" }]);
    expect(await db.membershipsOf(uuidV7())).toEqual([]);
  });
});

describe("history", () => {
  test("is added to and never changed, whatever the dashboard's server is made to do", async () => {
    const refused = async (work: Parameters<Db["withTenant"]>[1]) =>
      expect(db.withTenant(ours.tenantId, work)).rejects.toThrow(/permission denied/);
    const leaf = { ...ours, n: 0, leaf: "e30", ts: 1, kind: "genesis", subject: "x" };
    await db.withTenant(ours.tenantId, (tx) => tx.logEntry.create({ data: leaf }));
    await refused((tx) => tx.logEntry.updateMany({ data: { leaf: "other" } }));
    await refused((tx) => tx.logEntry.deleteMany());
    await refused((tx) => tx.rosterLink.deleteMany());
    await refused((tx) => tx.$executeRaw`UPDATE app.command SET doc = 'other'`);
    await refused((tx) => tx.$executeRaw`TRUNCATE app.log_entry`);
  });
});

describe("a server", () => {
  test("row 88: refuses to start as a role that row-level security does not hold", async () => {
    for (const options of [
      { appUrl: database.ownerUrl, identityUrl: database.identityUrl },
      { appUrl: database.appUrl, identityUrl: database.ownerUrl },
    ]) {
      await expect(openDb(options)).rejects.toMatchObject({ code: "DB_ROLE" });
    }
  });

  test("reaches no identity as the app's role and no tenant as the identity's", async () => {
    const app = openClient({ url: database.appUrl, maxConnections: 1 });
    const identity = openClient({ url: database.identityUrl, maxConnections: 1 });
    await expect(app.session.findMany()).rejects.toThrow(/permission denied/);
    await expect(identity.tenant.findMany()).rejects.toThrow(/permission denied/);
    await Promise.all([app.$disconnect(), identity.$disconnect()]);
  });
});
