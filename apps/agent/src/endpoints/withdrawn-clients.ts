import type { TLSSocket } from "node:tls";
import { isServedPeer, readyPeer } from "./identify-peer.ts";
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
      closeRefused(agent, connections);
    }, LOOK_MS).unref();
  });
}

/** So do clients whose certificates their company's authority has revoked. @returns what stops it */
export function closeRevoked(agent: ServedAgent, connections: Iterable<TLSSocket>): () => void {
  return agent.company?.onChange(() => closeRefused(agent, connections)) ?? (() => undefined);
}

function closeRefused(agent: ServedAgent, connections: Iterable<TLSSocket>): void {
  const { domain } = agent;
  if (domain === null) return;
  for (const socket of connections) {
    const peer = peerOf(socket);
    if (peer.spki === null || isServedPeer(agent, domain, peer)) continue;
    // While its authority is asked, nobody knows: what waits for the answer is told it.
    if (readyPeer(agent, peer) === null) socket.destroy();
  }
}
