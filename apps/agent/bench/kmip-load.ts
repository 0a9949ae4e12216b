import { connect, createSecureContext, type SecureContext, type TLSSocket } from "node:tls";

/** Where the load goes, and who sends it. */
export interface KmipTarget {
  readonly port: number;
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** What one measurement found. */
export interface KmipMeasured {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Micros: number;
  readonly p99Micros: number;
}

/** Result Status, Enumeration, four bytes: Success. */
const SUCCESS = Buffer.from("42007f05000000040000000000000000", "hex");
const contexts = new WeakMap<KmipTarget, SecureContext>();

/** Asks once, on a connection of its own. */
export async function askOnce(target: KmipTarget, request: Buffer): Promise<Buffer> {
  const socket = await open(target);
  try {
    return await answerOf(socket, request);
  } finally {
    socket.destroy();
  }
}

/** One request after the other on each of some connections. */
export async function measureRequests(
  target: KmipTarget,
  load: { readonly request: Buffer; readonly connections: number; readonly seconds: number },
): Promise<KmipMeasured> {
  const sockets = await Promise.all(Array.from({ length: load.connections }, () => open(target)));
  const run = async (seconds: number): Promise<number[]> => {
    const end = performance.now() + seconds * 1000;
    return (await Promise.all(sockets.map((socket) => drive(socket, load.request, end)))).flat();
  };
  try {
    await run(Math.min(1, load.seconds / 2));
    const begun = performance.now();
    return measured(await run(load.seconds), performance.now() - begun);
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

/** For each request a connection of its own with a whole handshake, so many at a time. */
export async function measureConnections(
  target: KmipTarget,
  load: { readonly request: Buffer; readonly atOnce: number; readonly seconds: number; readonly resume?: boolean },
): Promise<KmipMeasured> {
  const times: number[] = [];
  const run = async (seconds: number): Promise<void> => {
    const end = performance.now() + seconds * 1000;
    const worker = async (): Promise<void> => {
      let session: Buffer | undefined;
      while (performance.now() < end) {
        const begun = performance.now();
        const socket = await open(target, load.resume === true ? session : undefined);
        socket.on("session", (ticket: Buffer) => {
          session = ticket;
        });
        await answerOf(socket, load.request);
        socket.destroy();
        times.push(performance.now() - begun);
      }
    };
    await Promise.all(Array.from({ length: load.atOnce }, worker));
  };
  await run(Math.min(1, load.seconds / 2));
  times.length = 0;
  const begun = performance.now();
  await run(load.seconds);
  return measured(times, performance.now() - begun);
}

/** Keeps `depth` requests under way on one connection. The time of a single request is not told. */
export async function measurePipelined(
  target: KmipTarget,
  load: { readonly request: Buffer; readonly depth: number; readonly seconds: number },
): Promise<{ readonly requests: number; readonly seconds: number }> {
  const socket = await open(target);
  const each = (await answerOf(socket, load.request)).length;
  const half = Math.ceil(load.depth / 2);
  const batch = Buffer.concat(Array.from({ length: half }, () => load.request));
  let [bytes, batches] = [0, 0];
  socket.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    for (; batches < Math.floor(bytes / (each * half)); batches += 1) socket.write(batch);
  });
  socket.write(batch);
  socket.write(batch);
  const wait = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  await wait(1);
  const [from, begun] = [bytes, performance.now()];
  await wait(load.seconds);
  const seconds = (performance.now() - begun) / 1000;
  const requests = (bytes - from) / each;
  socket.destroy();
  return { requests, seconds };
}

function measured(times: number[], milliseconds: number): KmipMeasured {
  times.sort((a, b) => a - b);
  const at = (share: number): number => (times[Math.floor(times.length * share)] ?? Number.NaN) * 1000;
  return { requests: times.length, seconds: milliseconds / 1000, p50Micros: at(0.5), p99Micros: at(0.99) };
}

function open(target: KmipTarget, session?: Buffer): Promise<TLSSocket> {
  const { port, cert, key, ca } = target;
  const secureContext = contexts.get(target) ?? createSecureContext({ cert, key, ca });
  contexts.set(target, secureContext);
  const socket = connect({ host: "127.0.0.1", port, secureContext, ...(session && { session }) });
  socket.setNoDelay(true);
  return new Promise((resolve, reject) => {
    socket.once("secureConnect", () => resolve(socket));
    socket.on("error", reject); // later ones are told by the close that follows
  });
}

/**
 * One request, its whole answer, the next; with as little work as may be, so that the load takes little of the machine.
 * Resolves with the times in milliseconds.
 */
function drive(socket: TLSSocket, request: Buffer, end: number): Promise<number[]> {
  const times: number[] = [];
  return new Promise((resolve, reject) => {
    let sent = performance.now();
    let missing = -1;
    const settle = (work: () => void): void => {
      socket.off("data", take).off("close", gone);
      work();
    };
    const gone = (): void => settle(() => reject(new TypeError("The server closed the connection.")));
    const take = (chunk: Buffer): void => {
      if (missing === -1) {
        if (chunk.length < 8 || !chunk.includes(SUCCESS)) {
          settle(() => reject(new TypeError(`The server refused: ${chunk.toString("latin1")}`)));
          return;
        }
        missing = 8 + chunk.readUInt32BE(4);
      }
      missing -= chunk.length;
      if (missing > 0) return;
      missing = -1;
      const now = performance.now();
      times.push(now - sent);
      if (now >= end) settle(() => resolve(times));
      else {
        sent = now;
        socket.write(request);
      }
    };
    socket.on("data", take).on("close", gone);
    socket.write(request);
  });
}

/** @throws TypeError when the answer does not say Success, or none comes */
function answerOf(socket: TLSSocket, request: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let answer: Buffer | null = null;
    const settle = (work: () => void): void => {
      socket.off("data", take).off("close", gone);
      work();
    };
    const gone = (): void => settle(() => reject(new TypeError("The server closed the connection.")));
    const take = (chunk: Buffer): void => {
      answer = answer === null ? chunk : Buffer.concat([answer, chunk]);
      if (answer.length < 8 || answer.length < 8 + answer.readUInt32BE(4)) return;
      const whole = answer;
      if (whole.includes(SUCCESS)) settle(() => resolve(whole));
      else settle(() => reject(new TypeError(`The server refused: ${whole.toString("latin1")}`)));
    };
    socket.on("data", take).on("close", gone);
    socket.write(request);
  });
}
