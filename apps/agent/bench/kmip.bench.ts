// KMIP of the agent beside PyKMIP's server, in one run: the same requests of the same client, by turns. Only ratios carry
// from one machine to another.
//   npm run bench:kmip [-- seconds a measurement]
// PyKMIP is Debian's python3-pykmip; PYKMIP_PYTHON names a Python that has it. Without it the agent is measured alone.
import { type ChildProcess, fork, spawn, spawnSync } from "node:child_process";
import { closeSync, fdatasyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { activate, createKey, encrypt, get, payloadIn } from "./kmip-frames.ts";
import { askOnce, type KmipTarget, measureConnections, measurePipelined, measureRequests } from "./kmip-load.ts";

const seconds = Number(process.argv[2] ?? 5);
const CONNECTIONS = 64;
const AT_ONCE = 16;
const DEPTH = 64;

/** A server with a key that its client made, and how to end it. */
interface Server {
  readonly target: KmipTarget;
  readonly id: string;
  /** Processor time so far, microseconds. */
  cpu(): Promise<number>;
  close(): Promise<void>;
}

/** Requests a second and microseconds of the server's processor a request. */
interface Rate {
  readonly perSecond: number;
  readonly cpuMicros: number;
  readonly p50Micros?: number;
  readonly p99Micros?: number;
}

type Work = (server: Server, seconds: number) => Promise<{ readonly requests: number; readonly seconds: number }>;

const WORK: readonly (readonly [title: string, work: Work])[] = [
  [`Get, ${CONNECTIONS} connections`, (s, sec) => requests(s, get(s.id), CONNECTIONS, sec)],
  ["Get, one connection", (s, sec) => requests(s, get(s.id), 1, sec)],
  [`Encrypt 32 B, ${CONNECTIONS} connections`, (s, sec) => requests(s, encrypt(s.id), CONNECTIONS, sec)],
  ["Encrypt 32 B, one connection", (s, sec) => requests(s, encrypt(s.id), 1, sec)],
  [
    `connection and Get, ${AT_ONCE} at a time`,
    (s, sec) => measureConnections(s.target, { request: get(s.id), atOnce: AT_ONCE, seconds: sec }),
  ],
];

const children: ChildProcess[] = [];
try {
  await main();
} finally {
  for (const child of children) child.kill();
}

async function main(): Promise<void> {
  const python = pythonWithPykmip();
  const load = loadavg()[0]?.toFixed(1);
  const ours = await startAgent();
  const theirs = python === null ? null : await startPykmip(python);
  const rows: string[] = [];
  for (const [title, work] of WORK) {
    const other = theirs && (await rate(theirs, work));
    rows.push(row(title, await rate(ours, work), other));
  }
  const resumed: Work = (s, sec) =>
    measureConnections(s.target, { request: get(s.id), atOnce: AT_ONCE, seconds: sec, resume: true });
  rows.push(row(`resumed connection and Get, ${AT_ONCE} at a time`, await rate(ours, resumed), null));
  const pipelined: Work = (s, sec) =>
    measurePipelined(s.target, { request: encrypt(s.id), depth: DEPTH, seconds: sec });
  const piped = await rate(ours, pipelined);
  rows.push(row(`Encrypt 32 B, one connection, ${DEPTH} under way`, piped, null));
  const [cpu] = cpus();
  console.log(
    [
      `${cpus().length} × ${cpu?.model ?? "processor"}, Node ${process.versions.node}, load before ${load}, ${seconds} s a measurement.`,
      "",
      "| | requests a second | CPU µs a request | p50 µs | p99 µs | PyKMIP, requests a second | its CPU µs | ratio of rates | of CPU |",
      "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
      ...rows,
      "",
      `Durable writes of 4 KiB, one after the other: ${Math.round(fsyncRate())} a second.`,
      `Pipelined Encrypt: ${Math.round(1e6 / piped.cpuMicros)} a second and core of the server.`,
    ].join("\n"),
  );
  await ours.close();
  await theirs?.close();
}

function requests(server: Server, request: Buffer, connections: number, sec: number) {
  return measureRequests(server.target, { request, connections, seconds: sec });
}

async function rate(server: Server, work: Work): Promise<Rate> {
  await work(server, Math.min(1, seconds));
  const before = await server.cpu();
  const begun = performance.now();
  const found = await work(server, seconds);
  const share = found.seconds / ((performance.now() - begun) / 1000); // warming is measured with it
  const cpuMicros = (((await server.cpu()) - before) * share) / found.requests;
  return { ...found, perSecond: found.requests / found.seconds, cpuMicros };
}

function row(title: string, ours: Rate, theirs: Rate | null): string {
  const cells = [
    title,
    ours.perSecond.toFixed(0),
    ours.cpuMicros.toFixed(0),
    ours.p50Micros?.toFixed(0) ?? "",
    ours.p99Micros?.toFixed(0) ?? "",
    theirs?.perSecond.toFixed(0) ?? "",
    theirs?.cpuMicros.toFixed(0) ?? "",
    theirs === null ? "" : `${(ours.perSecond / theirs.perSecond).toFixed(1)} ×`,
    theirs === null ? "" : `${(theirs.cpuMicros / ours.cpuMicros).toFixed(0)} ×`,
  ];
  return `| ${cells.join(" | ")} |`;
}

async function startAgent(): Promise<Server> {
  const child = fork(fileURLToPath(new URL("./kmip-agent.ts", import.meta.url)), {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  children.push(child);
  const message = (): Promise<unknown> => new Promise((resolve) => child.once("message", resolve));
  const target = (await message()) as KmipTarget;
  return {
    target,
    id: await keyOf(target),
    async cpu() {
      child.send("cpu");
      return ((await message()) as { cpu: number }).cpu;
    },
    close: () =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.disconnect();
      }),
  };
}

async function startPykmip(python: string): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-pykmip-"));
  const script = fileURLToPath(new URL("../../../e2e/interop/pykmip_server.py", import.meta.url));
  const port = await freePort();
  const child = spawn(python, [script, folder, String(port)], { stdio: ["ignore", "pipe", "ignore"] });
  children.push(child);
  await new Promise<void>((resolve, reject) => {
    child.stdout.once("data", () => resolve());
    child.once("exit", (code) => reject(new TypeError(`PyKMIP's server ended with ${code}.`)));
  });
  const text = (name: string): string => readFileSync(join(folder, name), "utf8");
  const target = { port, cert: text("app.crt"), key: text("app.key"), ca: text("ca.crt") };
  return {
    target,
    id: await keyOf(target),
    cpu: async () => cpuOfProcess(child.pid ?? 0),
    async close() {
      child.removeAllListeners("exit").kill("SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Processor time of a Linux process, microseconds. */
function cpuOfProcess(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

/** An active AES-256 key. */
async function keyOf(target: KmipTarget): Promise<string> {
  const { uniqueIdentifier } = payloadIn<"Create">(await askOnce(target, createKey()));
  await askOnce(target, activate(String(uniqueIdentifier)));
  return String(uniqueIdentifier);
}

function pythonWithPykmip(): string | null {
  for (const python of [process.env["PYKMIP_PYTHON"], "/usr/bin/python3", "python3"])
    if (python && spawnSync(python, ["-c", "import kmip"], { stdio: "ignore" }).status === 0) return python;
  return null;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** How often a second this disk makes 4 KiB durable. */
function fsyncRate(): number {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-sync-"));
  const file = openSync(join(folder, "file"), "w");
  const block = Buffer.alloc(4096, 1);
  const end = performance.now() + 1000;
  let count = 0;
  for (; performance.now() < end; count += 1) {
    writeSync(file, block);
    fdatasyncSync(file);
  }
  closeSync(file);
  rmSync(folder, { recursive: true });
  return count;
}
