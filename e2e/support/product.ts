import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout these tests belong to. */
export const REPOSITORY = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** The whole product, started as `npm start` starts it, in a folder of its own. */
export interface Product {
  readonly dashboardUrl: string;
  readonly gatewayUrl: string;
  readonly pageOrigin: string;
  /** The page that the dashboard's operator serves. */
  readonly hostedOrigin: string;
  readonly restUrl: string;
  /** The folder with database, agent and logs. */
  readonly data: string;
  /** XDG_CONFIG_HOME of this run: where the key-encryption key is. */
  readonly config: string;
  readonly process: ChildProcess;
  /** Everything it has printed so far. */
  printed(): string;
  /** Resolves with the first match in what it prints. */
  waitFor(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  /** Types a line at its console. */
  type(line: string): void;
  /** Ends it and keeps its folder. */
  halt(): Promise<void>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

/** Starts the product; without `agent` the dashboard and its gateway alone. */
export async function startProduct(given?: ProductPlace, { agent = true } = {}): Promise<Product> {
  const folder = given ? null : mkdtempSync(join(tmpdir(), "holdfast-e2e-"));
  const data = given?.data ?? join(folder ?? "", "data");
  const config = given?.config ?? join(folder ?? "", "config");
  const ports = given?.ports ?? (await freePorts());
  const child = spawn(
    process.execPath,
    [
      join(REPOSITORY, "tooling/start.mjs"),
      ...["--data", data, "--port", String(ports.web), "--page-port", String(ports.page)],
      ...["--hosted-port", String(ports.hosted)],
      ...[
        "--rest-port",
        String(ports.rest),
        "--kmip-port",
        String(ports.kmip),
        "--metrics-port",
        String(ports.metrics),
      ],
      ...(agent ? [] : ["--no-agent"]),
    ],
    { cwd: REPOSITORY, stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, XDG_CONFIG_HOME: config } },
  );
  let output = "";
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      for (const listener of listeners) listener();
    });
  }
  child.on("exit", () => {
    for (const listener of listeners) listener();
  });
  const waitFor = (pattern: RegExp, timeoutMs = 120_000) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const stopWith = (settle: () => void) => {
        clearTimeout(timer);
        listeners.delete(look);
        settle();
      };
      const look = () => {
        const match = pattern.exec(output);
        if (match) stopWith(() => resolve(match));
        else if (child.exitCode !== null) stopWith(() => reject(new TypeError(`It ended early:\n${output}`)));
      };
      const timer = setTimeout(() => stopWith(() => reject(new TypeError(`No ${pattern} in:\n${output}`))), timeoutMs);
      listeners.add(look);
      look();
    });
  const stop = () => stopProcess(child).then(() => folder && rmSync(folder, { recursive: true, force: true }));
  const product: Product = {
    dashboardUrl: `http://localhost:${ports.web}`,
    gatewayUrl: `http://127.0.0.1:${ports.web + 1}`,
    pageOrigin: `http://agent.localhost:${ports.page}`,
    hostedOrigin: `http://approve.localhost:${ports.hosted}`,
    restUrl: `https://127.0.0.1:${ports.rest}`,
    data,
    config,
    process: child,
    printed: () => output,
    waitFor,
    type: (line) => child.stdin?.write(`${line}\n`),
    halt: () => stopProcess(child),
    stop: async () => {
      await stop();
    },
  };
  return product;
}

/** Where a product keeps what it keeps, and listens, at each of its starts. */
export interface ProductPlace {
  readonly data: string;
  readonly config: string;
  readonly ports: ProductPorts;
}

export interface ProductPorts {
  web: number;
  page: number;
  rest: number;
  kmip: number;
  metrics: number;
  hosted: number;
}

/** Below the ports that a system gives to connections by itself: none of those takes one between two starts. */
const LOWEST_PORT = 10_000;
const HIGHEST_PORT = 32_000;

/** Ports nobody uses now; the dashboard's successor is free as well, for the gateway. */
export async function freePorts(): Promise<ProductPorts> {
  for (;;) {
    const first = randomInt(LOWEST_PORT, HIGHEST_PORT);
    const [web, gateway, page, rest, kmip, metrics, hosted] = [0, 1, 2, 3, 4, 5, 6].map(
      (next) => first + next,
    ) as Seven;
    const free = await Promise.all([web, gateway, page, rest, kmip, metrics, hosted].map(isFree));
    if (free.every(Boolean)) return { web, page, rest, kmip, metrics, hosted };
  }
}

type Seven = [number, number, number, number, number, number, number];

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** Where the product's own PostgreSQL is, and the passwords of its roles. */
export function databaseOf({ data }: Pick<Product, "data">): { port: number; passwords: { owner: string } } {
  const { passwords } = JSON.parse(readFileSync(join(data, "start.json"), "utf8")) as { passwords: { owner: string } };
  const port = Number(readFileSync(join(data, "postgres/postmaster.pid"), "utf8").split("\n")[3]);
  return { port, passwords };
}

/** Ends a process we started and waits until it is gone. */
export function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGTERM");
  });
}
