import type { Listener } from "../endpoints/served-agent.ts";
import { HttpRefusal } from "../json-http/http-refusal.ts";
import type { AdminSurroundings } from "./admin-route.ts";
import { listenAtSocket } from "./listen-at-socket.ts";
import { adminRoutes } from "./routes.ts";

/** Largest body at the socket: a thousand sealed keys. */
const MAX_BODY_BYTES = 24 * 1024 * 1024;

/**
 * Listens at the administration socket, which only this user can open.
 *
 * @throws {@link AdminError} `E_SOCKET`
 */
export async function startAdmin(surroundings: AdminSurroundings, socketPath: string): Promise<Listener> {
  const routes = adminRoutes(surroundings);
  return listenAtSocket(socketPath, {
    logger: surroundings.agent.logger,
    maxBodyBytes: MAX_BODY_BYTES,
    answer(call) {
      const route = routes.find(({ method, path }) => method === call.method && path.test(call.path));
      if (!route) throw new HttpRefusal(404, "E_NOT_FOUND", "There is no such call.");
      return route.run(call, route.path.exec(call.path)?.[1] ?? "");
    },
  });
}
