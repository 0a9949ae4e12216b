import { once } from "node:events";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import type { TestClient } from "../../../operations/testing/open-test-domain.ts";

/** A request message of a given length behind its header, filled with one byte. Tests only. */
export function requestMessage(length = 16, fill = 0): Buffer {
  const message = Buffer.alloc(8 + length, fill);
  message.writeUInt32BE(0x42007801, 0);
  message.writeUInt32BE(length, 4);
  return message;
}

/** The text of a refusal's Result Message; empty when there is none. */
export function resultMessage(response: Buffer): string {
  const at = response.indexOf(Buffer.from([0x42, 0x00, 0x7d, 0x07]));
  return at === -1 ? "" : response.subarray(at + 8, at + 8 + response.readUInt32BE(at + 4)).toString("utf8");
}

/** One connection to a KMIP endpoint. Tests only. */
export class KmipTestConnection {
  readonly socket: TLSSocket;
  #bytes = Buffer.alloc(0);
  #ended = false;
  #waiting: (() => void)[] = [];

  private constructor(socket: TLSSocket) {
    this.socket = socket;
    socket.on("error", () => {});
    const wake = (): void => {
      for (const each of this.#waiting.splice(0)) each();
    };
    socket.on("data", (bytes: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, bytes]);
      wake();
    });
    socket.once("close", () => {
      this.#ended = true;
      wake();
    });
  }

  /** Opens a connection without naming a server, as most KMIP clients do. */
  static async open(
    url: string,
    client: Partial<TestClient> & { readonly ca: string },
    more: ConnectionOptions = {},
  ): Promise<KmipTestConnection> {
    const { cert, key, ca } = client;
    const port = Number(new URL(url).port);
    const socket = connect({ host: "127.0.0.1", port, cert, key, ca, ...more });
    const connection = new KmipTestConnection(socket);
    const failed = once(socket, "error").then(([cause]) => Promise.reject(cause));
    await Promise.race([once(socket, "secureConnect"), failed]);
    failed.catch(() => {});
    return connection;
  }

  send(...messages: Buffer[]): void {
    this.socket.write(messages.length === 1 ? (messages[0] as Buffer) : Buffer.concat(messages));
  }

  /** The next whole message; null when the connection ended before. */
  async receive(): Promise<Buffer | null> {
    for (;;) {
      const length = this.#bytes.length < 8 ? Number.POSITIVE_INFINITY : 8 + this.#bytes.readUInt32BE(4);
      if (this.#bytes.length >= length) {
        const message = this.#bytes.subarray(0, length);
        this.#bytes = this.#bytes.subarray(length);
        return message;
      }
      if (this.#ended) return null;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async ask(message: Buffer = requestMessage()): Promise<Buffer | null> {
    this.send(message);
    return this.receive();
  }

  /** Everything that still comes, until the connection ends. */
  async ended(): Promise<Buffer> {
    while (!this.#ended) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.#bytes;
  }

  close(): void {
    this.socket.destroy();
  }
}
