import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import pg from "pg";
import { freePort } from "../start/ports.ts";
import { StartError } from "../start/start-error.ts";
import { waitUntil } from "../start/wait-until.ts";
import { postgresBinaries } from "./binaries.ts";
import { stopLeftOver } from "./left-over.ts";
import { choosePlace, type PostgresPlace } from "./unprivileged.ts";

const OWNER = "holdfast_owner";

/** Ends PostgreSQL in good order when whoever started it is gone: standard input is a pipe held open by the starter. */
const GUARD = `exec 3<&0
( ( read -r _ <&3; kill -INT $$ ) >/dev/null 2>&1 & )
exec "$@" </dev/null 3<&-`;

export interface PostgresOptions {
  /** The cluster's data folder; made on first use. */
  readonly cluster: string;
  readonly logFile: string;
  readonly ownerPassword: string;
  /** False for tests, which need no durability. */
  readonly durable: boolean;
}

/** A running server of our own, on a loopback port that only a password opens. */
export interface PostgresServer {
  /** Address of the owner role and the database `holdfast`. */
  readonly ownerUrl: string;
  readonly port: number;
  /** Where the cluster really is, and the account it runs as where that is not ours. */
  readonly place: PostgresPlace;
  /** Resolves when the server has ended, asked or not. */
  readonly ended: Promise<void>;
  /** Fast shutdown: open transactions are rolled back, everything committed is on disk. */
  stop(): Promise<void>;
}

/** Starts PostgreSQL from the binaries that npm installed, after ending one that an earlier start left behind. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  mkdirSync(dirname(options.cluster), { recursive: true, mode: 0o700 });
  const place = choosePlace(postgresBinaries(), options.cluster);
  await stopLeftOver(place.cluster);
  if (!existsSync(join(place.cluster, "PG_VERSION"))) initialise(place, options);
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const child = launch(place, options, port);
    const server = describe(child, place, options, port);
    if (await isReady(server, child)) return server;
    await server.stop();
    if (attempt === 3) {
      throw new StartError("PostgreSQL does not start.", `Its own words are in ${options.logFile}.`);
    }
  }
}

function initialise(place: PostgresPlace, options: PostgresOptions): void {
  const unfinished = `${place.cluster}.new`;
  const passwordFile = `${place.cluster}.password`;
  rmSync(unfinished, { recursive: true, force: true });
  writeFileSync(passwordFile, options.ownerPassword, { mode: 0o600 });
  if (place.account) chownSync(passwordFile, place.account.uid, place.account.gid);
  const words = [
    ...[...place.prefix, join(place.native, "bin/initdb"), "-D", unfinished, "-U", OWNER],
    ...["-A", "scram-sha-256", `--pwfile=${passwordFile}`, "-E", "UTF8", "--locale=C"],
    ...["--locale-provider=builtin", "--builtin-locale=C.UTF-8", ...(options.durable ? [] : ["--no-sync"])],
  ];
  const run = spawnSync(words[0] ?? "", words.slice(1), { ...settings(place), encoding: "utf8" });
  rmSync(passwordFile, { force: true });
  if (run.status !== 0) {
    writeFileSync(options.logFile, `${run.stdout}\n${run.stderr}\n`, { flag: "a", mode: 0o600 });
    throw new StartError("PostgreSQL's data folder cannot be made.", `initdb's own words are in ${options.logFile}.`);
  }
  renameSync(unfinished, place.cluster);
}

function launch(place: PostgresPlace, options: PostgresOptions, port: number): ChildProcess {
  const set = (name: string, value: string) => ["-c", `${name}=${value}`];
  const words = [
    ...[...place.prefix, "/bin/sh", "-c", GUARD, "sh", join(place.native, "bin/postgres"), "-D", place.cluster],
    ...[...set("listen_addresses", "127.0.0.1"), ...set("port", String(port)), ...set("unix_socket_directories", "")],
    ...[...set("max_connections", "80"), ...set("log_min_messages", "warning"), ...set("timezone", "UTC")],
    ...(options.durable ? [] : [...set("fsync", "off"), ...set("synchronous_commit", "off")]),
  ];
  const log = openSync(options.logFile, "a", 0o600);
  return spawn(words[0] ?? "", words.slice(1), { ...settings(place), stdio: ["pipe", log, log], detached: true });
}

function settings(place: PostgresPlace) {
  return {
    cwd: place.account ? dirname(place.cluster) : "/",
    env: { PATH: process.env.PATH ?? "/usr/bin:/bin", LANG: "C.UTF-8", TZ: "UTC" },
    ...(place.account && { uid: place.account.uid, gid: place.account.gid }),
  };
}

function describe(child: ChildProcess, place: PostgresPlace, options: PostgresOptions, port: number): PostgresServer {
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  const running = () => child.exitCode === null && child.signalCode === null;
  return {
    ownerUrl: `postgres://${OWNER}:${encodeURIComponent(options.ownerPassword)}@127.0.0.1:${port}/holdfast`,
    port,
    place,
    ended,
    stop: async () => {
      if (running()) child.kill("SIGINT");
      if (!(await waitUntil(() => !running(), 15_000))) child.kill("SIGQUIT");
      await ended;
      child.stdin?.destroy();
    },
  };
}

async function isReady(server: PostgresServer, child: ChildProcess): Promise<boolean> {
  const url = server.ownerUrl.replace(/\/holdfast$/, "/postgres");
  let ready = false;
  await waitUntil(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return true;
    ready = await makeDatabase(url);
    return ready;
  }, 60_000);
  return ready;
}

async function makeDatabase(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  try {
    await client.connect();
    const { rowCount } = await client.query("select 1 from pg_database where datname = 'holdfast'");
    if (rowCount === 0) await client.query("create database holdfast");
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
