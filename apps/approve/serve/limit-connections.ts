import type { Server } from "node:http";
import type { Socket } from "node:net";

/**
 * Bounds a server's connections: one that finds no room takes the place of the one that was longest without a call, of the address that has
 * most. Every call here is answered at once.
 */
export function limitConnections(server: Server, most: number): void {
  const byAddress = new Map<string, Set<Socket>>();
  const addresses = new WeakMap<Socket, string>();
  let count = 0;
  const leave = (socket: Socket): void => {
    const address = addresses.get(socket) ?? "";
    const own = byAddress.get(address);
    if (!own?.delete(socket)) return;
    count -= 1;
    if (own.size === 0) byAddress.delete(address);
  };
  const enter = (socket: Socket, address: string): void => {
    addresses.set(socket, address);
    byAddress.set(address, (byAddress.get(address) ?? new Set<Socket>()).add(socket));
    count += 1;
  };
  server.on("connection", (socket: Socket) => {
    if (count >= most) {
      const [busiest = []] = [...byAddress.values()].sort((a, b) => b.size - a.size);
      const [oldest] = busiest;
      if (oldest !== undefined) {
        leave(oldest);
        oldest.destroy();
      }
    }
    enter(socket, socket.remoteAddress ?? "");
    socket.once("close", () => leave(socket));
  });
  server.prependListener("request", ({ socket }) => {
    const address = addresses.get(socket);
    if (address === undefined || !byAddress.get(address)?.has(socket)) return;
    leave(socket);
    enter(socket, address);
  });
}
