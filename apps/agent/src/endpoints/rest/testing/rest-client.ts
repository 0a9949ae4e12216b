import { Agent, type RequestOptions, request } from "node:https";
import { connect, type TLSSocket } from "node:tls";
import type { TestClient } from "../../../operations/testing/open-test-domain.ts";

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
  readonly json: any;
}

/** A client of the REST API with its certificate, over one connection that is kept. Tests only. */
export class RestClient {
  readonly #url: string;
  readonly #tls: Pick<RequestOptions, "cert" | "key" | "ca" | "servername" | "agent">;

  constructor(url: string, client: Partial<TestClient> & { readonly ca: string }) {
    this.#url = url;
    const { cert, key, ca } = client;
    this.#tls = {
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ca,
      servername: "localhost",
    };
    this.#tls = { ...this.#tls, agent: new Agent({ ...this.#tls, keepAlive: true, maxSockets: 1 }) };
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send("GET", path, null, headers);
  }

  /** Sends JSON, or bytes as they are. */
  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const type: Record<string, string> = body instanceof Uint8Array ? {} : { "content-type": "application/json" };
    return this.send("POST", path, body instanceof Uint8Array ? body : JSON.stringify(body), { ...type, ...headers });
  }

  send(
    method: string,
    path: string,
    body: string | Uint8Array | null,
    headers: Record<string, string>,
  ): Promise<Answer> {
    const length: Record<string, string> = body === null ? {} : { "content-length": String(Buffer.byteLength(body)) };
    return new Promise((resolve, reject) => {
      const sent = request(
        this.#url + path,
        { ...this.#tls, method, headers: { ...length, ...headers } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () => {
            const bytes = Buffer.concat(chunks);
            const isJson = /json/.test(response.headers["content-type"] ?? "");
            const json = isJson ? JSON.parse(bytes.toString()) : null;
            resolve({ status: response.statusCode ?? 0, headers: response.headers, bytes, json });
          });
        },
      );
      sent.on("error", reject);
      sent.end(body ?? undefined);
    });
  }

  close(): void {
    (this.#tls.agent as Agent).destroy();
  }
}

/** A TLS connection on which bytes of any kind can be sent. */
export function openTls(
  url: string,
  client: Partial<TestClient> & { readonly ca: string },
  more: object = {},
): Promise<TLSSocket> {
  const { cert, key, ca } = client;
  const port = Number(new URL(url).port);
  const socket = connect({ host: "127.0.0.1", port, servername: "localhost", cert, key, ca, ...more });
  return new Promise((resolve, reject) => {
    socket.once("secureConnect", () => resolve(socket));
    socket.once("error", reject);
  });
}

/** Everything the other side sends until it closes, and how it ended. */
export function readToEnd(socket: TLSSocket): Promise<string> {
  const chunks: Buffer[] = [];
  return new Promise((resolve) => {
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("error", () => {});
    socket.on("close", () => resolve(Buffer.concat(chunks).toString("latin1")));
  });
}
