// Operations of KMIP with their whole way (TLS, identity, grant, key state, record of use), pipelined on one connection:
// requests a second, and processor time a request.
//   node apps/agent/bench/kmip-operations.bench.ts [seconds]
import { fork } from "node:child_process";
import { connect } from "node:tls";
import { fileURLToPath } from "node:url";
import { decodeResponse, ENUM, encodeRequest, type OperationName, type RequestPayload } from "@holdfast/kmip";

interface Ready {
  readonly port: number;
  readonly clients: readonly {
    readonly cert: string;
    readonly key: string;
    readonly ca: string;
    readonly uniqueIdentifier: string;
  }[];
}

const seconds = Number(process.argv[2] ?? 3);
const DEPTH = 64;
const GCM = { blockCipherMode: ENUM.BlockCipherMode.GCM, randomIv: true };
const CBC = { blockCipherMode: ENUM.BlockCipherMode.CBC, paddingMethod: ENUM.PaddingMethod.PKCS5, randomIv: true };

const child = fork(fileURLToPath(new URL("./kmip-server.ts", import.meta.url)), ["operations"], {
  stdio: ["ignore", "ignore", "inherit", "ipc"],
});
const message = <T>(): Promise<T> => new Promise((resolve) => child.once("message", (value) => resolve(value as T)));
const cpu = async (): Promise<number> => {
  const answer = message<{ cpu: number }>();
  child.send("state");
  return (await answer).cpu;
};
const { port, clients } = await message<Ready>();
const [client] = clients as [Ready["clients"][0]];
const { uniqueIdentifier } = client;
try {
  for (const bytes of [32, 1024]) {
    const data = Buffer.alloc(bytes, 7);
    await pipelined(`Encrypt ${bytes} B, GCM`, "Encrypt", { uniqueIdentifier, cryptographicParameters: GCM, data });
    await pipelined(`Encrypt ${bytes} B, CBC`, "Encrypt", { uniqueIdentifier, cryptographicParameters: CBC, data });
  }
  await pipelined("Get, each release durable before its answer", "Get", { uniqueIdentifier });
} finally {
  child.disconnect();
}

/** Keeps requests under way on one connection, and says what one costs. */
async function pipelined<O extends OperationName>(
  title: string,
  operation: O,
  payload: RequestPayload<O>,
): Promise<void> {
  const request = encodeRequest({ version: "1.4", header: {}, items: [{ operation, payload }] } as never);
  const socket = connect({ host: "127.0.0.1", port, ...client });
  socket.setNoDelay(true);
  await new Promise((resolve, reject) => {
    socket.once("secureConnect", resolve);
    socket.once("error", reject);
  });
  const answered = new Promise<Buffer>((resolve) => socket.once("data", resolve));
  socket.write(request);
  const first = await answered;
  const [item] = decodeResponse(first).items;
  if (item?.resultStatus !== ENUM.ResultStatus.Success) throw new TypeError(`${operation}: ${item?.resultMessage}`);
  const half = Buffer.concat(Array.from({ length: DEPTH / 2 }, () => request));
  const [size, batch] = [first.length, (first.length * DEPTH) / 2];
  let bytes = 0;
  socket.on("data", (chunk: Buffer) => {
    const before = Math.floor(bytes / batch);
    bytes += chunk.length;
    for (let n = Math.floor(bytes / batch) - before; n > 0; n -= 1) socket.write(half);
  });
  socket.write(half);
  socket.write(half);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const [from, begun, before] = [bytes, performance.now(), await cpu()];
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const [count, took, after] = [(bytes - from) / size, (performance.now() - begun) / 1000, await cpu()];
  socket.destroy();
  const micros = (after - before) / count;
  console.log(
    `${title}: ${Math.round(count / took)} requests/s, ${micros.toFixed(1)} µs processor time (${Math.round(1e6 / micros)} a second and core)`,
  );
}
