import { createHash, X509Certificate } from "node:crypto";
import { createServer as createPlain, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecure } from "node:https";
import type { AddressInfo } from "node:net";
import type { ServerCertificate } from "../../clients/authority.ts";

/** One request as a hostile gateway, or whoever has broken its TLS, sees it. */
export interface SeenRequest {
  readonly path: string;
  readonly head: string;
  readonly body: string;
}

/** How a request is answered: with JSON, or by whatever is done to the response. */
export type HostileAnswer = (seen: SeenRequest, response: ServerResponse) => object | null;

/** A gateway that answers as it likes, and keeps all that it saw. Tests only. */
export class HostileGateway {
  readonly seen: SeenRequest[] = [];
  /** Requests whose head arrived, whole or not. */
  begun = 0;
  readonly #server: Server;
  readonly #scheme: string;
  answer: HostileAnswer = () => ({});

  private constructor(tls: ServerCertificate | null) {
    const take = (request: IncomingMessage, response: ServerResponse) => void this.#take(request, response);
    this.#scheme = tls === null ? "http" : "https";
    this.#server = tls === null ? createPlain(take) : createSecure({ cert: tls.certPem, key: tls.keyPem }, take);
  }

  static async start(tls: ServerCertificate | null = null): Promise<HostileGateway> {
    const gateway = new HostileGateway(tls);
    await new Promise<void>((resolve) => gateway.#server.listen(0, "127.0.0.1", resolve));
    return gateway;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Everything it saw, as text. */
  text(): string {
    return this.seen.map(({ path, head, body }) => `${path}\n${head}\n${body}`).join("\n");
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.begun += 1;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const seen = {
      path: request.url ?? "",
      head: JSON.stringify(request.headers),
      body: Buffer.concat(chunks).toString("utf8"),
    };
    this.seen.push(seen);
    const body = this.answer(seen, response);
    if (body !== null) response.end(JSON.stringify(body));
  }
}

/** SHA-256 of a certificate's SubjectPublicKeyInfo, as tokens name it. Tests only. */
export function spkiOf({ certPem }: ServerCertificate): string {
  const spki = new X509Certificate(certPem).publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(spki).digest("base64url");
}
