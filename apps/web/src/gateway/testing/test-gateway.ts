import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
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
  const gateway = { db, url, witness, wakes, trust: new Trust(), standing: new Standing(), now };
  const { server, close } = makeServer(gateway, limits);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const { port: bound } = server.address() as AddressInfo;
  return {
    database,
    db,
    url: `http://127.0.0.1:${bound}`,
    witness,
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
