// KMIP of the agent beside PyKMIP's server and beside the least that node:tls does for an answer of that size, in one run: the
// same requests of the same client, by turns. Only ratios carry from one machine to another.
//   npm run bench:kmip [-- seconds a measurement]
// PyKMIP is Debian's python3-pykmip; PYKMIP_PYTHON names a Python that has it. Without it the agent is measured alone.
import { type ChildProcess, fork, spawn, spawnSync } from "node:child_process";
import { closeSync, fdatasyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { activate, createKey, encrypt, get, payloadIn } from "./kmip-frames.ts";
import { askOnce, type KmipTarget, measureConnections, measurePipelined, measureRequests } from "./kmip-load.ts";

const seconds = Number(process.argv[2] ?? 5);
const CONNECTIONS = 64;
const AT_ONCE = 16;
const DEPTH = 64;
const MOST_SECONDS = 60;

/** A server with a key that its client made, and how to end it. */
interface Server {
  readonly target: KmipTarget;
  readonly id: string;
  /** Processor time so far, microseconds. */
  cpu(): Promise<number>;
  close(): Promise<void>;
}

/** Requests a second and microseconds of the server's and of the client's processor a request. */
interface Rate {
  readonly perSecond: number;
  readonly cpuMicros: number;
  readonly clientMicros: number;
  readonly p50Micros?: number;
  readonly p99Micros?: number;
}

/** One kind of work, and whether it is asked of PyKMIP's server too. */
interface Row {
  readonly title: string;
  readonly request: (id: string) => Buffer;
  readonly work: Work;
  readonly besidePykmip: boolean;
}

type Work = (
  target: KmipTarget,
  request: Buffer,
  seconds: number,
) => Promise<{ readonly requests: number; readonly seconds: number }>;

const asking =
  (connections: number): Work =>
  (target, request, sec) =>
    measureRequests(target, { request, connections, seconds: sec });
const connecting =
  (resume: boolean): Work =>
  (target, request, sec) =>
    measureConnections(target, { request, atOnce: AT_ONCE, seconds: sec, resume });
const pipelining: Work = (target, request, sec) => measurePipelined(target, { request, depth: DEPTH, seconds: sec });

const ROWS: readonly Row[] = [
  { title: `Get, ${CONNECTIONS} connections`, request: get, work: asking(CONNECTIONS), besidePykmip: true },
  { title: "Get, one connection", request: get, work: asking(1), besidePykmip: true },
  {
    ...{ title: `Encrypt 32 B, ${CONNECTIONS} connections`, request: encrypt },
    ...{ work: asking(CONNECTIONS), besidePykmip: true },
  },
  { title: "Encrypt 32 B, one connection", request: encrypt, work: asking(1), besidePykmip: true },
  { title: `new connection and Get, ${AT_ONCE} at a time`, request: get, work: connecting(false), besidePykmip: true },
  {
    title: `resumed connection and Get, ${AT_ONCE} at a time`,
    request: get,
    work: connecting(true),
    besidePykmip: false,
  },
  {
    ...{ title: `Encrypt 32 B, one connection, ${DEPTH} under way`, request: encrypt },
    ...{ work: pipelining, besidePykmip: false },
  },
];

const children: ChildProcess[] = [];
process.on("unhandledRejection", (cause) => console.error(String(cause))); // of a measurement that was given up
try {
  await main();
} finally {
  for (const child of children) child.kill();
  process.exit();
}

async function main(): Promise<void> {
  const python = pythonWithPykmip();
  const load = loadavg()[0]?.toFixed(1);
  const ours = await startAgent();
  const theirs = python === null ? null : await startPykmip(python);
  const [cpu] = cpus();
  console.log(
    [
      `${cpus().length} × ${cpu?.model ?? "processor"}, Node ${process.versions.node}, load before ${load}, ${seconds} s a measurement.`,
      "",
      "| | requests a second | CPU µs a request | the client's | p50 µs | p99 µs | bare TLS, a second | its CPU µs | PyKMIP, a second | its CPU µs | × PyKMIP | bare TLS × PyKMIP |",
      "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
    ].join("\n"),
  );
  let piped = Number.NaN;
  const fsyncsBefore = fsyncRate();
  for (const { title, request, work, besidePykmip } of ROWS) {
    const asked = request(ours.id);
    const floor = await startFloor(ours, asked);
    const other = theirs !== null && besidePykmip ? await rateOrNone(theirs, request(theirs.id), work) : null;
    const own = await rate(ours, asked, work);
    console.log(row(title, own, await rate(floor, asked, work), other));
    await floor.close();
    piped = own.cpuMicros;
  }
  const fsyncs = Math.round((fsyncsBefore + fsyncRate()) / 2);
  console.log(
    [
      "",
      `Durable writes of 4 KiB, one after the other: ${fsyncs} a second.`,
      `Pipelined Encrypt: ${Math.round(1e6 / piped)} a second and core of the server.`,
    ].join("\n"),
  );
  await ours.close();
  await theirs?.close();
}

/** A server that closes connections under load, or takes none any more, has no rate. */
async function rateOrNone(server: Server, request: Buffer, work: Work): Promise<Rate | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const most = (MOST_SECONDS + seconds * 3) * 1000;
    timer = setTimeout(() => reject(new TypeError(`no end after ${most / 1000} s`)), most);
  });
  try {
    return await Promise.race([rate(server, request, work), late]);
  } catch (cause) {
    console.error(`PyKMIP: ${cause instanceof Error ? cause.message : cause}`);
    return null;
  } finally {
    clearTimeout(timer);
  }
}

async function rate(server: Server, request: Buffer, work: Work): Promise<Rate> {
  await work(server.target, request, Math.min(1, seconds));
  const [before, client, begun] = [await server.cpu(), process.cpuUsage(), performance.now()];
  const found = await work(server.target, request, seconds);
  const share = found.seconds / ((performance.now() - begun) / 1000); // warming is measured with it
  const { user, system } = process.cpuUsage(client);
  const cpuMicros = (((await server.cpu()) - before) * share) / found.requests;
  const clientMicros = ((user + system) * share) / found.requests;
  return { ...found, perSecond: found.requests / found.seconds, cpuMicros, clientMicros };
}

function row(title: string, ours: Rate, floor: Rate, theirs: Rate | null): string {
  const times = ({ perSecond }: Rate): string => (theirs === null ? "" : (perSecond / theirs.perSecond).toFixed(1));
  const cells = [
    ...[title, ours.perSecond.toFixed(0), ours.cpuMicros.toFixed(0), ours.clientMicros.toFixed(0)],
    ...[ours.p50Micros?.toFixed(0) ?? "", ours.p99Micros?.toFixed(0) ?? ""],
    ...[floor.perSecond.toFixed(0), floor.cpuMicros.toFixed(0)],
    ...[theirs?.perSecond.toFixed(0) ?? "", theirs?.cpuMicros.toFixed(0) ?? "", times(ours), times(floor)],
  ];
  return `| ${cells.join(" | ")} |`;
}

/** A child of this bench: its first message, and its processor time. */
function startChild(file: string): { child: ChildProcess; message(): Promise<unknown>; cpu(): Promise<number> } {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  children.push(child);
  const message = (): Promise<unknown> => new Promise((resolve) => child.once("message", resolve));
  return {
    child,
    message,
    async cpu() {
      child.send("cpu");
      return ((await message()) as { cpu: number }).cpu;
    },
  };
}

function endChild(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.disconnect();
  });
}

interface Agent extends Server {
  readonly server: { readonly cert: string; readonly key: string; readonly ca: string };
}

async function startAgent(): Promise<Agent> {
  const { child, message, cpu } = startChild("./kmip-agent.ts");
  const { server, ...target } = (await message()) as KmipTarget & Pick<Agent, "server">;
  return { target, server, id: await keyOf(target), cpu, close: () => endChild(child) };
}

/** A bare server that gives the agent's own answer to a request, whatever it is asked. */
async function startFloor({ target, server, id }: Agent, request: Buffer): Promise<Server> {
  const answer = await askOnce(target, request);
  const { child, message, cpu } = startChild("./kmip-floor.ts");
  child.send({ ...server, requestBytes: request.length, answer: answer.toString("base64") });
  const { port } = (await message()) as { port: number };
  return { target: { ...target, port }, id, cpu, close: () => endChild(child) };
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
  await untilListening(port);
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

/** PyKMIP's server says that it is bound a little before it listens. */
async function untilListening(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const socket = connect(port, "127.0.0.1");
    const listens = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    });
    socket.destroy();
    if (listens) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
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
