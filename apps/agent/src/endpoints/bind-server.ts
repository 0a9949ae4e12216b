import type { Server } from "node:net";
import { EndpointError } from "./endpoint-error.ts";

/** Makes a server listen. @throws {@link EndpointError} `E_LISTEN` */
export async function bindServer(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const failed = (cause: NodeJS.ErrnoException): void => {
      const why = cause.code === "EADDRINUSE" ? "Another program listens on" : "It is not possible to listen on";
      reject(new EndpointError("E_LISTEN", `${why} ${host}:${port}.`));
    };
    server.once("error", failed);
    server.listen(port, host, () => {
      server.off("error", failed);
      resolve();
    });
  });
}
