import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { createServer, type Server } from "node:https";
import { join } from "node:path";

/** A page under a name of the customer's own, as their proxy serves it: https outside, the key server behind. */
export interface NamedPage {
  readonly origin: string;
  readonly stop: () => Promise<void>;
}

/** The customer's name for the key server's page. Chromium is told where it is (see {@link openBrowser}). */
export const CUSTOMER_NAME = "keys.northwind.example";

/** Serves a name's page over TLS with a certificate made for it, and hands every request on. */
export async function startNamedPage(folder: string, port: number, targetPort: number): Promise<NamedPage> {
  const [key, cert] = [join(folder, "page.key"), join(folder, "page.crt")];
  const subject = ["-subj", `/CN=${CUSTOMER_NAME}`, "-addext", `subjectAltName=DNS:${CUSTOMER_NAME}`];
  const words = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  const made = spawnSync("openssl", [...words, ...subject, "-keyout", key, "-out", cert], { encoding: "utf8" });
  if (made.status !== 0) throw new TypeError(`No certificate: ${made.stderr}`);
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (incoming, outgoing) => {
    const { method = "GET", url: path, headers } = incoming;
    const to = { host: "127.0.0.1", port: targetPort, method, path, headers, setHost: false };
    const onward = request(to, (response: IncomingMessage) => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(outgoing);
    });
    onward.once("error", () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { origin: `https://${CUSTOMER_NAME}:${port}`, stop: () => closed(server) };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
