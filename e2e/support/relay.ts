import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/** A port that hands every request on to another, header for header, and remembers what was asked. */
export interface Relay {
  readonly port: number;
  /** Method and path of each request so far, in order. */
  readonly asked: readonly string[];
  /** Ends every connection and waits for what was handed on: afterwards nothing is asked through it any more. */
  close(): Promise<void>;
}

/** Starts a relay to a port of this machine, as whoever controls a name's addresses would. */
export async function startRelay(targetPort: number): Promise<Relay> {
  const asked: string[] = [];
  const handedOn: Promise<void>[] = [];
  const server = createServer((incoming, outgoing) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    const { method = "GET", url: path, headers } = incoming;
    const onward = request(
      { host: "127.0.0.1", port: targetPort, method, path, headers, setHost: false },
      (response) => {
        outgoing.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(outgoing);
      },
    );
    onward.once("error", () => outgoing.destroy());
    handedOn.push(new Promise((resolve) => onward.once("close", resolve)));
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await Promise.all(handedOn);
    },
  };
}
