import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTenant, type Db, openDb, type Scope, uuidV7 } from "@holdfast/db";
import { makeTestDatabase, type TestDatabase } from "@holdfast/db/test-database";
import { type GatewayLimits, makeServer } from "../http/server.ts";
import { Standing } from "../ingest/standing.ts";
import { Trust } from "../ingest/trust.ts";
import { MailboxWakes } from "../mailbox/mailbox-wakes.ts";
import { tokenHashOf } from "../routes/enrol.ts";
import { openWitness, type Witness } from "../witness/witness-key.ts";
import { freeLoopbackPort } from "./test-port.ts";

/** A gateway on a database of its own. */
export interface TestGateway {
  readonly database: TestDatabase;
  readonly db: Db;
  readonly url: string;
  readonly witness: Witness;
  /** Keeps what the database holds now. @returns what restores it, as from a backup, and starts the gateway anew on it */
  backUp(): Promise<() => Promise<void>>;
  /** Makes an organisation with an environment. */
  newScope(): Promise<Scope>;
  /** Makes an enrolment token's secret. */
  newSecret(scope: Scope, lifeMs?: number): Promise<string>;
  stop(): Promise<void>;
}

export async function startTestGateway(limits?: GatewayLimits): Promise<TestGateway> {
  const database = await makeTestDatabase();
  const db = await openDb(database);
  const folder = mkdtempSync(join(tmpdir(), "holdfast-gateway-"));
  const witness = openWitness(join(folder, "witness.key"));
  const wakes = new MailboxWakes(db.events);
  const port = await freeLoopbackPort();
  const url = `http://127.0.0.1:${port}`;
  const now = () => Math.floor(Date.now() / 1000);
  const serve = async () => {
    const gateway = { db, url, witness, wakes, trust: new Trust(), standing: new Standing(), now };
    const { server, close } = makeServer(gateway, limits);
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    return close;
  };
  let close = await serve();
  return {
    database,
    db,
    url,
    witness,
    backUp: async () => {
      const restore = await backUpTables(database);
      return async () => {
        await close();
        await restore();
        close = await serve();
      };
    },
    newScope: () => {
      const tenantId = uuidV7();
      const first = { name: "Org", accountId: uuidV7(), environmentName: "Production" };
      return db.withTenant(tenantId, (tx) => createTenant(tx, tenantId, first));
    },
    newSecret: async (scope, lifeMs = 60_000) => {
      const secret = uuidV7().replaceAll("-", "");
      const expiresAt = new Date(Date.now() + lifeMs);
      await db.identity.routes.putToken({ ...scope, tokenHash: tokenHashOf(secret), createdBy: uuidV7(), expiresAt });
      return secret;
    },
    stop: async () => {
      await close();
      wakes.close();
      await db.close();
      await database.drop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Copies every table, and puts all of them back as they were. */
async function backUpTables(database: TestDatabase): Promise<() => Promise<void>> {
  const tables = await database.query<{ name: string; copy: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name, format('backup.%I', schemaname || '_' || tablename) AS copy
     FROM pg_tables WHERE schemaname IN ('app', 'identity')`,
  );
  await database.query(
    `CREATE SCHEMA backup; ${tables.map(({ name, copy }) => `CREATE TABLE ${copy} AS TABLE ${name};`).join(" ")}`,
  );
  const all = tables.map(({ name }) => name).join(", ");
  const back = tables.map(({ name, copy }) => `INSERT INTO ${name} SELECT * FROM ${copy};`).join(" ");
  return async () => {
    await database.query(
      `BEGIN; SET LOCAL session_replication_role = replica; TRUNCATE ${all}; ${back} COMMIT; DROP SCHEMA backup CASCADE`,
    );
  };
}
