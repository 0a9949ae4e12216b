import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "./server.ts";

/**
 * Gives the integration tests a PostgreSQL of their own: `HOLDFAST_TEST_DATABASE_URL` is its owner's address.
 *
 * A test file makes databases of its own in it. An address given from outside is used as it is.
 */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.HOLDFAST_TEST_DATABASE_URL) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "holdfast-postgres-"));
  const server = await startPostgres({
    cluster: join(folder, "cluster"),
    logFile: join(folder, "postgres.log"),
    ownerPassword: "only-for-this-test-run",
    durable: false,
  });
  process.env.HOLDFAST_TEST_DATABASE_URL = server.ownerUrl;
  return async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
