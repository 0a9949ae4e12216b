import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { LoopbackIdentity } from "./loopback-identity.ts";

/** One request as it came. */
export interface ReceivedPost {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** A real HTTPS receiver on loopback. */
export interface WebhookReceiver {
  readonly port: number;
  readonly received: ReceivedPost[];
  /** How it answers from now on: a status, or a redirect to an address. */
  answer: number | { readonly redirect: string };
  /** Resolves once it has had so many requests. */
  have(count: number): Promise<void>;
  close(): Promise<void>;
}

export async function startWebhookReceiver(identity: LoopbackIdentity): Promise<WebhookReceiver> {
  const received: ReceivedPost[] = [];
  const waiting = new Set<() => void>();
  const server = createServer({ ...identity }, (request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      received.push({ path: request.url ?? "", headers: request.headers as Record<string, string>, body });
      const { answer } = receiver;
      if (typeof answer === "number") response.writeHead(answer).end();
      else response.writeHead(307, { location: answer.redirect }).end();
      for (const look of [...waiting]) look();
    });
  });
  const receiver: WebhookReceiver = {
    port: await listen(server),
    received,
    answer: 204,
    have: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (received.length < count) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return receiver;
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}
