// The KMIP endpoint's transport alone, with an answerer that gives each message back: requests a second and processor time
// a request on one pipelined connection, and what idle connections cost while others are served.
//   node apps/agent/bench/kmip-transport.bench.ts [seconds] [idle connections]
import { fork } from "node:child_process";
import { connect, type TLSSocket } from "node:tls";
import { fileURLToPath } from "node:url";

interface Ready {
  readonly port: number;
  readonly clients: readonly { readonly cert: string; readonly key: string; readonly ca: string }[];
}
interface State {
  readonly cpu: number;
  readonly rss: number;
  readonly open: number;
  readonly refusals: Readonly<Record<string, number>>;
}

const seconds = Number(process.argv[2] ?? 4);
const idle = Number(process.argv[3] ?? 10_000);
const BYTES = 152;
const DEPTH = 64;
const AT_ONCE = 50;

const child = fork(fileURLToPath(new URL("./kmip-server.ts", import.meta.url)), {
  stdio: ["ignore", "ignore", "inherit", "ipc"],
});
const message = <T>(): Promise<T> => new Promise((resolve) => child.once("message", (value) => resolve(value as T)));
const state = (): Promise<State> => {
  const answer = message<State>();
  child.send("state");
  return answer;
};
const { port, clients } = await message<Ready>();
try {
  await pipelined();
  await manyIdle();
} finally {
  child.disconnect();
}

function open(index: number): Promise<TLSSocket> {
  const client = clients[index % clients.length];
  const socket = connect({ host: "127.0.0.1", port, ...client });
  return new Promise((resolve, reject) => {
    socket.once("secureConnect", () => resolve(socket));
    socket.once("error", reject);
  });
}

function request(): Buffer {
  const bytes = Buffer.alloc(BYTES);
  bytes.writeUInt32BE(0x42007801, 0);
  bytes.writeUInt32BE(BYTES - 8, 4);
  return bytes;
}

/** Keeps `DEPTH` requests under way on one connection. */
async function pipelined(): Promise<void> {
  const socket = await open(0);
  const batch = Buffer.concat(Array.from({ length: DEPTH }, request));
  let bytes = 0;
  socket.on("data", (chunk: Buffer) => {
    const before = Math.floor(bytes / batch.length);
    bytes += chunk.length;
    for (let n = Math.floor(bytes / batch.length) - before; n > 0; n -= 1) socket.write(batch);
  });
  for (let n = 0; n < 4; n += 1) socket.write(batch);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const [from, begun, before] = [bytes, performance.now(), await state()];
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const [count, took, after] = [(bytes - from) / BYTES, (performance.now() - begun) / 1000, await state()];
  socket.destroy();
  const micros = (after.cpu - before.cpu) / count;
  console.log(
    `one pipelined connection, ${BYTES} B: ${Math.round(count / took)} requests/s, ${micros.toFixed(2)} µs processor time a request (${Math.round(1e6 / micros)} a second and core)`,
  );
}

/** Opens connections that ask nothing, and times one request on a new connection beside them. */
async function manyIdle(): Promise<void> {
  const before = await state();
  const sockets: TLSSocket[] = [];
  const begun = performance.now();
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < idle) sockets.push(await open(next++));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  const took = (performance.now() - begun) / 1000;
  let ended = 0;
  for (const socket of sockets) {
    socket.on("error", () => {});
    socket.resume();
    socket.once("close", () => {
      ended += 1;
    });
  }
  const after = await state();
  console.log(
    `${idle} idle connections in ${took.toFixed(1)} s (${Math.round(idle / took)} handshakes/s): ${after.open} open, ${((after.rss - before.rss) / idle / 1024).toFixed(1)} KiB each (RSS ${Math.round(after.rss / 2 ** 20)} MiB)`,
  );
  const late = performance.now();
  const socket = await open(1);
  socket.write(request());
  await new Promise((resolve) => socket.once("data", resolve));
  console.log(`a new connection and its answer beside them: ${(performance.now() - late).toFixed(1)} ms`);
  const quiet = await state();
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const { cpu, open: still, refusals } = await state();
  console.log(
    `standing idle: ${((cpu - quiet.cpu) / 30_000).toFixed(2)} % of a core; ${still} open, ${ended} closed to make room; refusals ${JSON.stringify(refusals)}`,
  );
  for (const each of [...sockets, socket]) each.destroy();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  console.log(`after all left: ${(await state()).open} open`);
}
