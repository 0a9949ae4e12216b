// The yardstick: node:https with mutual TLS that reads a body and sends it back. Run as a child of rest.bench.ts.
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { answerParent } from "./parent.ts";

process.once("disconnect", () => process.exit(0));
process.once("message", (tls: { cert: string; key: string; ca: string }) => {
  const server = createServer({ ...tls, requestCert: true, rejectUnauthorized: true }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks);
      response.writeHead(200, ["Content-Type", "application/json", "Content-Length", String(body.length)]);
      response.end(body);
    });
  });
  server.listen(0, "127.0.0.1", () => answerParent({ port: (server.address() as AddressInfo).port }));
});
