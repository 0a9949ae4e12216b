import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { connect, type TLSSocket } from "node:tls";
import {
  decodeResponse,
  ENUM,
  encodeRequest,
  KmipError,
  type KmipVersion,
  type OperationName,
  type RequestItem,
  type RequestPayload,
  type ResponsePayload,
} from "@holdfast/kmip";
import { MigrateError } from "./errors.ts";

const ATTEMPTS = 5;
const FIRST_PAUSE_MS = 200;
const ANSWER_MS = 30_000;
const HEADER_BYTES = 8;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** A KMIP server, and who asks it. */
export interface PeerAddress {
  readonly host: string;
  readonly port: number;
  /** The name that its certificate has, where that is not the host. */
  readonly serverName?: string | undefined;
  /** PEM. */
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** What a server says to one operation: its payload, or why not. */
export type Answer<O extends OperationName> =
  | { readonly ok: true; readonly payload: ResponsePayload<O> }
  | { readonly ok: false; readonly reason: number; readonly words: string };

/**
 * A KMIP server as its client sees it: one connection, opened again where it breaks, with growing pauses between attempts.
 *
 * An operation that was sent when the connection broke is sent again; all that a move asks for may be asked twice.
 */
export class KmipPeer {
  readonly #address: PeerAddress;
  #socket: TLSSocket | null = null;
  /** The version that requests are written in. */
  version: KmipVersion = "1.1";

  constructor(address: PeerAddress) {
    this.#address = address;
  }

  get name(): string {
    return `${this.#address.host}:${this.#address.port}`;
  }

  /** @throws {@link MigrateError} `E_PEER`, `E_PEER_ANSWER` */
  async ask<O extends OperationName>(operation: O, payload: RequestPayload<O>): Promise<Answer<O>> {
    const item = { operation, payload } as RequestItem;
    const request = encodeRequest({ version: this.version, header: {}, items: [item] });
    try {
      for (let attempt = 1; ; attempt += 1) {
        const answer = await this.#attempt(request, attempt);
        if (answer !== null) return this.#read(operation, answer);
        await pause(FIRST_PAUSE_MS * 2 ** (attempt - 1));
      }
    } finally {
      request.fill(0);
    }
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = null;
  }

  /** @returns the answer; null when it may be tried once more */
  async #attempt(request: Buffer, attempt: number): Promise<Buffer | null> {
    try {
      this.#socket ??= await this.#open();
      return await exchange(this.#socket, request);
    } catch (cause) {
      this.close();
      if (attempt < ATTEMPTS && !isFinal(cause)) return null;
      throw unreachable(this.name, cause);
    }
  }

  async #open(): Promise<TLSSocket> {
    const { host, port, serverName, cert, key, ca } = this.#address;
    const named = serverName === undefined ? {} : { servername: serverName };
    const socket = connect({ host, port, cert, key, ca, minVersion: "TLSv1.2", ...named });
    socket.setTimeout(ANSWER_MS, () => socket.destroy(new MigrateError("E_PEER", "It did not answer in time.", "")));
    await once(socket, "secureConnect");
    socket.on("error", () => {});
    return socket;
  }

  #read<O extends OperationName>(operation: O, bytes: Buffer): Answer<O> {
    try {
      const [item] = decodeResponse(bytes).items;
      if (item === undefined) throw new KmipError("E_KMIP_MISSING", "an answer without an item");
      if (item.resultStatus === ENUM.ResultStatus.Success) {
        const payload = item.operation === operation ? item.payload : undefined;
        return { ok: true, payload: (payload ?? {}) as ResponsePayload<O> };
      }
      return { ok: false, reason: item.resultReason ?? 0, words: item.resultMessage ?? "no reason given" };
    } catch (cause) {
      if (!(cause instanceof KmipError)) throw cause;
      const next = "Name another version of KMIP with --kmip-version, and report what the server is.";
      throw new MigrateError("E_PEER_ANSWER", `An answer of ${this.name} to ${operation} cannot be read.`, next);
    }
  }
}

/** Sends a message and reads the next one. */
function exchange(socket: TLSSocket, request: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const settle = (work: () => void): void => {
      socket.off("data", take).off("close", ended).off("error", failed);
      work();
    };
    const failed = (cause: Error): void => settle(() => reject(cause));
    const ended = (): void => failed(new MigrateError("E_PEER", "The connection ended.", ""));
    const take = (chunk: Buffer): void => {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length < HEADER_BYTES) return;
      const length = HEADER_BYTES + bytes.readUInt32BE(4);
      if (length > MAX_ANSWER_BYTES) failed(new MigrateError("E_PEER", "An answer is larger than 64 MiB.", ""));
      else if (bytes.length >= length) settle(() => resolve(bytes.subarray(0, length)));
    };
    socket.on("data", take).once("close", ended).once("error", failed);
    socket.write(request);
  });
}

/** What trying again does not change: a certificate that is refused, on either side. */
function isFinal(cause: unknown): boolean {
  const code = String((cause as { code?: unknown }).code ?? "");
  return /^(ERR_TLS_|ERR_SSL_|ERR_OSSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/.test(code);
}

function unreachable(name: string, cause: unknown): MigrateError {
  const code = String((cause as { code?: unknown }).code ?? "the connection ended");
  return new MigrateError(
    "E_PEER",
    `${name} cannot be asked (${code}).`,
    "Check address, certificate, key and authority; --server-name says what its certificate is called, where that is not its address.",
  );
}
