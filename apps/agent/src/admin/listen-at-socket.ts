import { rmSync } from "node:fs";
import { explainRefusal } from "../admission/errors.ts";
import type { Listener } from "../endpoints/served-agent.ts";
import { closeJsonServer, type JsonCall, jsonServer } from "../json-http/serve-json.ts";
import type { Logger } from "../logger.ts";
import { closeToOthers, prepareSocketPlace } from "./socket-place.ts";

/** Who answers at a socket. */
interface SocketServer {
  readonly logger: Logger;
  readonly maxBodyBytes: number;
  readonly answer: (call: JsonCall) => unknown;
}

/**
 * Listens at a socket which only this user can open, and takes it away when it is closed.
 *
 * @throws {@link AdminError} `E_SOCKET`
 */
export async function listenAtSocket(socketPath: string, served: SocketServer): Promise<Listener> {
  await prepareSocketPlace(socketPath);
  const server = jsonServer({
    ...served,
    admit: () => undefined, // the socket's mode and folder are the check
    nextStep: (code) => explainRefusal(code).next,
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socketPath, resolve);
  });
  closeToOthers(socketPath);
  return {
    url: socketPath,
    async close() {
      await closeJsonServer(server);
      rmSync(socketPath, { force: true });
    },
  };
}
