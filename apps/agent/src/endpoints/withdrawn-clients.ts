import type { TLSSocket } from "node:tls";
import { peerOf } from "./peer.ts";
import type { ServedAgent, ServedDomain } from "./served-agent.ts";

/** Several entries of the log are looked at together. */
const LOOK_MS = 100;

/** Clients that may ask nothing any more lose their open connections, not only their next request. */
export function closeWithdrawn(domain: ServedDomain, agent: ServedAgent, connections: Iterable<TLSSocket>): void {
  let looking = false;
  domain.log.onAppend(() => {
    if (looking) return;
    looking = true;
    setTimeout(() => {
      looking = false;
      if (agent.domain !== domain) return;
      for (const socket of connections) {
        const { spki } = peerOf(socket);
        if (spki !== null && !domain.operations.isServed(spki)) socket.destroy();
      }
    }, LOOK_MS).unref();
  });
}
