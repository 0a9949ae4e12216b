import { connect, type TLSSocket } from "node:tls";
import { answerKmip } from "../../answer-kmip.ts";
import { startKmip } from "../../start-kmip.ts";
import { FuzzFrames } from "./fuzz-frames.ts";
import type { FuzzFound } from "./fuzz-in-process.ts";
import { nothingFound } from "./fuzz-in-process.ts";
import type { FuzzTarget } from "./fuzz-target.ts";
import { judgeAnswer } from "./judge-answer.ts";

/** Frames of one connection before it is closed, and how many connections at a time. */
const EACH = 64;
const AT_ONCE = 8;
/** Shorter than in use, so that frames that never end are let go soon. */
const LIMITS = { messageMs: 300, lingerMs: 300 };
const SILENCE_MILLISECONDS = 20_000;

/**
 * Sends hostile frames through TLS to the endpoint, some whole connections full of them: what comes back must be whole
 * response messages, and then the end.
 */
export async function fuzzSockets(
  target: FuzzTarget,
  { seed, frames }: { readonly seed: number; readonly frames: number },
): Promise<FuzzFound> {
  const found = nothingFound();
  const made = new FuzzFrames(seed, target.identifiers);
  const listener = await startKmip({
    ...{ agent: target.domain.agent, answer: answerKmip, listen: "127.0.0.1:0", sans: [], limits: LIMITS },
  });
  const { port } = new URL(listener.url);
  const worker = async (): Promise<void> => {
    while (found.frames < frames) {
      const batch: Buffer[] = [];
      for (; batch.length < EACH && found.frames < frames; found.frames += 1)
        batch.push(made.next(found.frames % 16 === 0));
      await oneConnection(target, Number(port), { batch, found });
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    const harm = await target.unharmed();
    if (harm !== null) found.wrong.push(`${harm}, after seed ${seed}`);
  } finally {
    await listener.close();
  }
  return found;
}

async function oneConnection(
  { attacker }: FuzzTarget,
  port: number,
  { batch, found }: { readonly batch: readonly Buffer[]; readonly found: FuzzFound },
): Promise<void> {
  const { cert, key, ca } = attacker;
  const socket = connect({ host: "127.0.0.1", port, cert, key, ca });
  const begun = performance.now();
  const came: Buffer[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    const silence = setTimeout(() => {
      socket.destroy();
      reject(new TypeError(`no end within ${SILENCE_MILLISECONDS} ms`));
    }, SILENCE_MILLISECONDS);
    socket.on("data", (bytes: Buffer) => came.push(bytes));
    socket.on("error", () => {}); // what is sent to a closed connection
    socket.once("close", () => {
      clearTimeout(silence);
      resolve();
    });
  });
  sendAll(socket, batch);
  try {
    await ended;
    for (const answer of messagesIn(Buffer.concat(came))) count(found, judgeAnswer(answer));
    count(found, "closed");
  } catch (cause) {
    found.wrong.push(`${cause}: ${Buffer.concat(batch).toString("hex").slice(0, 8000)}`);
  }
  found.slowestMilliseconds = Math.max(found.slowestMilliseconds, performance.now() - begun);
}

function sendAll(socket: TLSSocket, batch: readonly Buffer[]): void {
  socket.once("secureConnect", () => {
    for (const frame of batch) socket.write(frame);
    socket.end();
  });
}

/** The whole messages that a connection brought. @throws TypeError where it ends within one */
function* messagesIn(bytes: Buffer): Iterable<Buffer> {
  for (let at = 0; at < bytes.length; ) {
    const rest = bytes.length - at;
    const length = rest < 8 ? Number.POSITIVE_INFINITY : 8 + bytes.readUInt32BE(at + 4);
    if (length > rest) throw new TypeError("an answer is cut short");
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

function count({ outcomes }: FuzzFound, outcome: string): void {
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
}
