import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { waitUntil } from "../start/wait-until.ts";
import { isAlive } from "./left-over.ts";
import { type PostgresServer, startPostgres } from "./server.ts";

let folder: string;
const started: PostgresServer[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-pg-"));
  chmodSync(folder, 0o700);
});

afterEach(async () => {
  for (const server of started.splice(0)) await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const options = () => ({
  cluster: join(folder, "cluster"),
  logFile: join(folder, "postgres.log"),
  ownerPassword: "only-for-this-test",
  durable: false,
});

async function start(): Promise<PostgresServer> {
  const server = await startPostgres(options());
  started.push(server);
  return server;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

describe("the PostgreSQL that comes along", () => {
  it("runs in a folder only its owner may enter, and keeps what was written across a restart", async () => {
    const first = await start();
    await query(first.ownerUrl, "create table kept (n int); insert into kept values (7)");
    await first.stop();
    expect(await query((await start()).ownerUrl, "select n from kept")).toEqual([{ n: 7 }]);
  });

  it("listens on loopback only and opens with its password only", async () => {
    const { ownerUrl, port } = await start();
    expect(await query(ownerUrl, "show listen_addresses")).toEqual([{ listen_addresses: "127.0.0.1" }]);
    const wrong = ownerUrl.replace("only-for-this-test", "something-else");
    await expect(query(wrong, "select 1")).rejects.toMatchObject({ code: "28P01" });
    expect(port).toBeGreaterThan(0);
  });

  it("ends with whoever started it, and the next start goes on with the same data", async () => {
    const program = `
      import { startPostgres } from ${JSON.stringify(fileURLToPath(new URL("./server.ts", import.meta.url)))};
      const server = await startPostgres(${JSON.stringify(options())});
      process.stdout.write(server.ownerUrl + "\\n");
      setInterval(() => 0, 1000);`;
    const starter = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const url = await new Promise<string>((resolve) =>
      starter.stdout?.once("data", (text) => resolve(String(text).trim())),
    );
    await query(url, "create table survived ()");
    const pid = Number(readFileSync(join(options().cluster, "postmaster.pid"), "utf8").split("\n")[0]);
    starter.kill("SIGKILL");
    expect(await waitUntil(() => !isAlive(pid) || !existsSync(join(options().cluster, "postmaster.pid")), 15_000)).toBe(
      true,
    );
    expect(await query((await start()).ownerUrl, "select count(*)::int as n from survived")).toEqual([{ n: 0 }]);
  });
});
