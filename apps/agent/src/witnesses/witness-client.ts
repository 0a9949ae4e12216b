import { createHash } from "node:crypto";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { WitnessError } from "./witness-error.ts";
import type { WitnessPlace } from "./witness-places.ts";

/** What a witness answered. */
export interface WitnessReply {
  readonly status: number;
  readonly body: string;
}

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 65_536;
/** 16 notes with their signatures fit. */
const MAX_OTHERS_BYTES = 1_048_576;
const MOST_OTHERS = 64;

/** Speaks to one witness: bounded answers, no redirects, and nothing believed but signatures. */
export class WitnessClient {
  readonly #place: WitnessPlace;

  constructor(place: WitnessPlace) {
    this.#place = place;
  }

  /** @throws {@link WitnessError} `E_WITNESS_GONE` when no answer comes @see C2SP tlog-witness, "add-checkpoint" */
  addCheckpoint(body: string, signal?: AbortSignal): Promise<WitnessReply> {
    return this.#ask("POST", "/add-checkpoint", { body, signal, most: MAX_ANSWER_BYTES });
  }

  /** The newest note it cosigned; null where it has none, or does not tell. @throws {@link WitnessError} `E_WITNESS_GONE` */
  async head(origin: string, signal?: AbortSignal): Promise<string | null> {
    const { status, body } = await this.#ask("GET", pathOf(origin, "checkpoint"), { signal, most: MAX_ANSWER_BYTES });
    return status === 200 ? body : null;
  }

  /** Notes of this log that it saw and did not cosign; none where it does not tell. @throws {@link WitnessError} `E_WITNESS_GONE` */
  async others(origin: string, signal?: AbortSignal): Promise<string[]> {
    const { status, body } = await this.#ask("GET", pathOf(origin, "others"), { signal, most: MAX_OTHERS_BYTES });
    if (status !== 200) return [];
    try {
      const { notes } = JSON.parse(body) as { notes?: unknown };
      return Array.isArray(notes) ? notes.slice(0, MOST_OTHERS).filter((note) => typeof note === "string") : [];
    } catch {
      return [];
    }
  }

  #ask(
    method: "GET" | "POST",
    path: string,
    { body, signal, most }: { body?: string; signal: AbortSignal | undefined; most: number },
  ): Promise<WitnessReply> {
    const { url, ca } = this.#place;
    const content =
      body === undefined
        ? {}
        : { "content-type": "text/plain; charset=utf-8", "content-length": Buffer.byteLength(body) };
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const options = {
      ...{ method, headers: content, signal: signal ? AbortSignal.any([signal, timeout]) : timeout },
    };
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => reject(error instanceof WitnessError ? error : unreachable(error));
      const take = (response: IncomingMessage) =>
        void readAnswer(response, most).then(
          (reply) => (reply.status < 500 ? resolve(reply) : fail(broken(reply))),
          fail,
        );
      const call = url.startsWith("https:")
        ? httpsRequest(url + path, { ...options, minVersion: "TLSv1.2", ...(ca === undefined ? {} : { ca }) }, take)
        : httpRequest(url + path, options, take);
      call.once("error", fail);
      call.once("upgrade", (_response, socket) => {
        socket.destroy(); // Node ends such a request without an error
        fail(new RangeError("another protocol"));
      });
      call.end(body);
    });
  }
}

function pathOf(origin: string, what: "checkpoint" | "others"): string {
  return `/logs/${createHash("sha256").update(origin, "utf8").digest("hex")}/${what}`;
}

async function readAnswer(response: IncomingMessage, most: number): Promise<WitnessReply> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += (chunk as Buffer).length;
    if (size > most) throw new WitnessError("E_WITNESS_GONE", "The witness's answer is too large.");
    chunks.push(chunk as Buffer);
  }
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") };
}

function broken({ status }: WitnessReply): WitnessError {
  const what = `It cannot answer (status ${status}): what it remembers may be unreadable.`;
  return new WitnessError("E_WITNESS", what, { isBroken: true });
}

function unreachable(error: Error): WitnessError {
  const fault = (error as NodeJS.ErrnoException).code ?? error.name;
  return new WitnessError("E_WITNESS_GONE", `The witness does not answer (${fault}).`);
}
