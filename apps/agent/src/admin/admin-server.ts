import { rmSync } from "node:fs";
import { explainRefusal } from "../admission/errors.ts";
import type { Listener } from "../endpoints/served-agent.ts";
import { HttpRefusal } from "../json-http/http-refusal.ts";
import { closeJsonServer, jsonServer } from "../json-http/serve-json.ts";
import type { AdminSurroundings } from "./admin-route.ts";
import { adminRoutes } from "./routes.ts";
import { closeToOthers, prepareSocketPlace } from "./socket-place.ts";

/** Largest body at the socket: a thousand sealed keys. */
const MAX_BODY_BYTES = 24 * 1024 * 1024;

/**
 * Listens at the administration socket, which only this user can open.
 *
 * @throws {@link AdminError} `E_SOCKET`
 */
export async function startAdmin(surroundings: AdminSurroundings, socketPath: string): Promise<Listener> {
  await prepareSocketPlace(socketPath);
  const routes = adminRoutes(surroundings);
  const server = jsonServer({
    logger: surroundings.agent.logger,
    maxBodyBytes: MAX_BODY_BYTES,
    admit: () => undefined, // the socket's mode and folder are the check
    nextStep: (code) => explainRefusal(code).next,
    answer(call) {
      const route = routes.find(({ method, path }) => method === call.method && path.test(call.path));
      if (!route) throw new HttpRefusal(404, "E_NOT_FOUND", "There is no such call.");
      return route.run(call, route.path.exec(call.path)?.[1] ?? "");
    },
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
