import { connect, type TLSSocket } from "node:tls";

/** What one measurement found. */
export interface Measured {
  readonly requests: number;
  readonly seconds: number;
  /** Processor time of the server, microseconds a request. */
  readonly cpuMicros: number;
  readonly p50Micros: number;
  readonly p99Micros: number;
}

/** Where the load goes and who sends it. */
export interface Target {
  readonly port: number;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  /** Processor time that the server has used so far, microseconds. */
  cpu(): Promise<number>;
}

/** One kind of request, as bytes. */
export interface Load {
  readonly request: Buffer;
  readonly connections: number;
  readonly warmSeconds: number;
  readonly seconds: number;
}

/**
 * Sends one request after the other on each of some connections, and measures.
 *
 * The client is written by hand: it sends the same bytes and reads only as much of an answer as it must, so that it
 * takes little of the machine.
 */
export async function measure(target: Target, load: Load): Promise<Measured> {
  const sockets = await Promise.all(Array.from({ length: load.connections }, () => open(target)));
  const spin = keepAwake();
  try {
    await run(sockets, load.request, load.warmSeconds);
    const before = await target.cpu();
    const began = performance.now();
    const latencies = await run(sockets, load.request, load.seconds);
    const seconds = (performance.now() - began) / 1000;
    const cpu = (await target.cpu()) - before;
    latencies.sort((a, b) => a - b);
    const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
    return {
      requests: latencies.length,
      seconds,
      cpuMicros: cpu / latencies.length,
      p50Micros: at(0.5) * 1000,
      p99Micros: at(0.99) * 1000,
    };
  } finally {
    spin.stop();
    for (const socket of sockets) socket.destroy();
  }
}

/**
 * Keeps this process from sleeping. Otherwise a server that answers slowly enough would pay, with each answer, for waking
 * the client's processor: a cost of the loopback, and one that a fast yardstick does not have.
 */
function keepAwake(): { stop(): void } {
  let awake = true;
  const turn = (): void => {
    if (awake) setImmediate(turn);
  };
  turn();
  return {
    stop() {
      awake = false;
    },
  };
}

/** An HTTP/1.1 request as bytes. */
export function httpRequest(path: string, type: string, body: Buffer): Buffer {
  const head = [`POST ${path} HTTP/1.1`, "Host: localhost", `Content-Type: ${type}`, `Content-Length: ${body.length}`];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), body]);
}

async function open({ port, ca, cert, key }: Target): Promise<TLSSocket> {
  const socket = connect({ host: "127.0.0.1", port, servername: "localhost", ca, cert, key });
  socket.setNoDelay(true);
  await new Promise<void>((resolve, reject) => {
    socket.once("secureConnect", resolve);
    socket.once("error", reject);
  });
  return socket;
}

async function run(sockets: readonly TLSSocket[], request: Buffer, seconds: number): Promise<number[]> {
  const end = performance.now() + seconds * 1000;
  const all = await Promise.all(sockets.map((socket) => drive(socket, request, end)));
  return all.flat();
}

/** One connection: a request, its whole answer, the next. Resolves with the times in milliseconds. */
function drive(socket: TLSSocket, request: Buffer, end: number): Promise<number[]> {
  const times: number[] = [];
  return new Promise((resolve, reject) => {
    let sent = 0;
    let missing = -1;
    let head = "";
    const next = (): void => {
      if (performance.now() >= end) {
        socket.off("data", take);
        resolve(times);
        return;
      }
      missing = -1;
      head = "";
      sent = performance.now();
      socket.write(request);
    };
    const take = (chunk: Buffer): void => {
      if (missing === -1) {
        head += chunk.toString("latin1");
        const split = head.indexOf("\r\n\r\n");
        if (split === -1) return;
        const length = Number(/content-length: (\d+)/i.exec(head)?.[1]);
        if (!head.startsWith("HTTP/1.1 200") || Number.isNaN(length)) {
          reject(new TypeError(`The server answered ${head.slice(0, 300)}`));
          return;
        }
        missing = length - (head.length - split - 4);
      } else missing -= chunk.length;
      if (missing > 0) return;
      times.push(performance.now() - sent);
      next();
    };
    socket.on("data", take);
    socket.once("error", reject);
    next();
  });
}
