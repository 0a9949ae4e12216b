// The least that any server on this runtime does for an answer: node:tls with mutual TLS and the listener's own TLS settings,
// and one and the same answer to whatever comes. Run as a child of kmip.bench.ts.

import type { AddressInfo } from "node:net";
import { createServer } from "node:tls";
import { TLS_CONTEXT } from "../src/endpoints/tls-context.ts";
import { answerParent } from "./parent.ts";

process.once("disconnect", () => process.exit(0));
process.once("message", (given: { cert: string; key: string; ca: string; requestBytes: number; answer: string }) => {
  const { cert, key, ca, requestBytes } = given;
  const answer = Buffer.from(given.answer, "base64");
  const options = {
    ...TLS_CONTEXT,
    cert,
    key,
    ca,
    requestCert: true,
    rejectUnauthorized: true,
    noDelay: true,
  };
  const server = createServer(options, (socket) => {
    let bytes = 0;
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      const whole = Math.floor(bytes / requestBytes);
      bytes -= whole * requestBytes;
      if (whole === 1) socket.write(answer);
      else if (whole > 1) socket.write(Buffer.concat(Array(whole).fill(answer)));
    });
  });
  server.listen(0, "127.0.0.1", () => answerParent({ port: (server.address() as AddressInfo).port }));
});
