// What a request costs: REST over mutual TLS with grant check and usage record, beside a bare node:https echo of the same
// size and node:crypto alone, in one run. Only ratios carry from one machine to another.
import { type ChildProcess, fork } from "node:child_process";
import { createCipheriv, createSecretKey, randomBytes } from "node:crypto";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { httpRequest, type Measured, measure, type Target } from "./load.ts";

const BYTES = 1024;
const BATCH = 100;
const CONNECTIONS = 8;
const ROUNDS = 3;
const seconds = Number(process.argv[2] ?? 4);

interface Ready {
  readonly port: number;
  readonly keyId: string;
  readonly client: { readonly cert: string; readonly key: string; readonly ca: string };
  readonly server: { readonly cert: string; readonly key: string; readonly ca: string };
}

const children: ChildProcess[] = [];
const overtime = setTimeout(() => end("The bench took too long."), (seconds * 6 + 120) * 1000);
try {
  await main();
} catch (cause) {
  end(cause instanceof Error ? cause.message : String(cause));
} finally {
  clearTimeout(overtime);
  for (const child of children) child.disconnect();
}

async function main(): Promise<void> {
  const agentChild = start("./agent-server.ts");
  const ready = (await message(agentChild)) as Ready;
  const echoChild = start("./echo-server.ts");
  echoChild.send(ready.server);
  const { port } = (await message(echoChild)) as { port: number };
  const agent = targetOf(agentChild, ready.port, ready.client);
  const echo = targetOf(echoChild, port, ready.client);

  const plain = randomBytes(BYTES);
  const item = { plaintext: plain.toString("base64") };
  const path = `/v1/keys/${ready.keyId}/encrypt`;
  const json = "application/json";
  const kinds = [
    { name: "encrypt 1 KB", per: 1, type: json, body: Buffer.from(JSON.stringify(item)) },
    { name: "encrypt 1 KB, raw body", per: 1, type: "application/octet-stream", body: plain },
    {
      name: `encrypt ${BATCH} × 1 KB`,
      per: BATCH,
      type: json,
      body: Buffer.from(JSON.stringify({ items: Array(BATCH).fill(item) })),
    },
  ];
  const rows: string[] = [];
  for (const { name, per, type, body } of kinds) {
    const load = { connections: CONNECTIONS, warmSeconds: 0.5, seconds: seconds / ROUNDS };
    const rounds: { bare: Measured; ours: Measured }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      // By turns, so that what else the machine does meets both.
      const bare = await measure(echo, { ...load, request: httpRequest("/", type, body) });
      rounds.push({ bare, ours: await measure(agent, { ...load, request: httpRequest(path, type, body) }) });
    }
    const [bare, ours] = [median(rounds.map((each) => each.bare)), median(rounds.map((each) => each.ours))];
    rows.push(row(`node:https echo, ${body.length} B`, bare, per, null), row(`REST ${name}`, ours, per, bare));
  }
  const cipher = rawCipherMicros(plain);
  process.stdout.write(`${table(rows, cipher)}\n`);
}

/** The round with the middle processor time. */
function median(rounds: readonly Measured[]): Measured {
  return rounds.toSorted((a, b) => a.cpuMicros - b.cpuMicros)[Math.floor(rounds.length / 2)] as Measured;
}

function start(file: string): ChildProcess {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  children.push(child);
  return child;
}

function message(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new TypeError(`A server ended with ${code}.`));
    child.once("exit", ended);
    child.once("message", (value) => {
      child.off("exit", ended);
      resolve(value);
    });
  });
}

function targetOf(child: ChildProcess, port: number, tls: Ready["client"]): Target {
  return {
    port,
    ...tls,
    async cpu() {
      child.send("cpu");
      return ((await message(child)) as { cpu: number }).cpu;
    },
  };
}

/** AES-256-GCM of one message by node:crypto with a cached key: what there is to do at least. */
function rawCipherMicros(plain: Buffer): number {
  const key = createSecretKey(randomBytes(32));
  const once = (): void => {
    const cipher = createCipheriv("aes-256-gcm", key, randomBytes(12), { authTagLength: 16 });
    cipher.update(plain);
    cipher.final();
    cipher.getAuthTag();
  };
  for (let n = 0; n < 20_000; n += 1) once();
  const { user, system } = process.cpuUsage();
  const count = 100_000;
  for (let n = 0; n < count; n += 1) once();
  const spent = process.cpuUsage({ user, system });
  return (spent.user + spent.system) / count;
}

function row(
  name: string,
  { cpuMicros, p50Micros, p99Micros, requests, seconds: took }: Measured,
  per: number,
  beside: Measured | null,
): string {
  const cells = [
    name,
    cpuMicros.toFixed(0),
    (cpuMicros / per).toFixed(1),
    beside === null ? "1" : (cpuMicros / beside.cpuMicros).toFixed(2),
    p50Micros.toFixed(0),
    p99Micros.toFixed(0),
    ((requests * per) / took).toFixed(0),
  ];
  return `| ${cells.join(" | ")} |`;
}

function table(rows: readonly string[], cipher: number): string {
  const [cpu] = cpus();
  return [
    `${cpus().length} × ${cpu?.model ?? "processor"}, Node ${process.versions.node}, ${CONNECTIONS} connections, TLS 1.3 with client certificates, the middle of ${ROUNDS} rounds of ${(seconds / ROUNDS).toFixed(1)} s.`,
    "",
    "| | CPU µs a request | CPU µs an item | × echo | p50 µs | p99 µs | items a second |",
    "|---|--:|--:|--:|--:|--:|--:|",
    ...rows,
    `| node:crypto AES-256-GCM 1 KB, no network | ${cipher.toFixed(1)} | ${cipher.toFixed(1)} | | | | |`,
  ].join("\n");
}

function end(why: string): void {
  process.stderr.write(`${why}\n`);
  for (const child of children) child.kill();
  process.exitCode = 1;
}
