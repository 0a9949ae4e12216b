import type { AddressInfo, Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import { bindServer } from "../bind-server.ts";
import { faultFields } from "../fault-fields.ts";
import { isServedPeer, readyPeer } from "../identify-peer.ts";
import { parseListenAddress, reachableHost, urlHost } from "../listen-address.ts";
import { countersOf } from "../metrics/counters.ts";
import { type Peer, peerOf } from "../peer.ts";
import type { Listener, ServedAgent } from "../served-agent.ts";
import { serverNames } from "../server-names.ts";
import { keepSessions } from "../session-cache.ts";
import { TLS_CONTEXT } from "../tls-context.ts";
import { TlsIdentity } from "../tls-identity.ts";
import { closeRevoked, closeWithdrawn } from "../withdrawn-clients.ts";
import { type ConnectionParts, KmipConnection } from "./connection.ts";
import { ConnectionTable } from "./connection-table.ts";
import type { KmipAnswerer } from "./kmip-answerer.ts";
import { KMIP_LIMITS, type KmipLimits } from "./limits.ts";
import { Strangers } from "./strangers.ts";

/** How the KMIP endpoint is started. */
export interface KmipOptions {
  readonly agent: ServedAgent;
  readonly answer: KmipAnswerer;
  /** `HOST:PORT`; port 0 takes any. */
  readonly listen: string;
  /** More names of the agent in its certificate. */
  readonly sans: readonly string[];
  /** Host of the approval page: never a name of this listener. */
  readonly pageHost?: string | null;
  /** Further names that the page was set up for. */
  readonly setUp?: readonly string[];
  readonly limits?: Partial<KmipLimits>;
}

const KEEP_ALIVE_MS = 60_000;
const SESSION_SECONDS = 3600;

/**
 * Serves KMIP over mutual TLS until it is closed.
 *
 * It binds at once. Before there is a domain it has no certificate to show and handshakes fail; while the agent is sealed
 * every request is answered by a refusal. A peer without a certificate of the domain's authority may finish its handshake
 * and is told by KMIP's own words that it is no client, which products show where a broken handshake leaves people
 * guessing; then it is closed. The server name that a client may or may not send decides nothing.
 *
 * @throws {@link EndpointError} `E_LISTEN`
 */
export async function startKmip(options: KmipOptions): Promise<Listener> {
  const { agent, answer, pageHost = null, setUp = [] } = options;
  const limits = { ...KMIP_LIMITS, ...options.limits };
  const { host, port } = parseListenAddress(options.listen);
  const { kmip: counters } = countersOf(agent);
  const fault = (cause: unknown): void => agent.logger.error("kmip.fault", faultFields(cause));
  const parts: ConnectionParts = {
    agent,
    answer,
    limits,
    counters,
    underWay: { bytes: 0 },
    answers: { bytes: 0 },
    fault,
  };
  const server = createServer({
    ...TLS_CONTEXT,
    requestCert: true,
    rejectUnauthorized: false, // judged at each message: a refusal in words instead of a broken handshake
    handshakeTimeout: limits.handshakeMs,
    sessionTimeout: SESSION_SECONDS,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
  });
  keepSessions(server);
  const connections = takeConnections(server, parts);
  await bindServer(server, host, port);
  const identity = new TlsIdentity({
    ...{ server, listener: "kmip", names: serverNames(host, options.sans, pageHost, setUp), logger: agent.logger },
    companyCa: agent.company?.caPem ?? "",
    shown: (notAfter) => void countersOf(agent).certificates.set("kmip", notAfter),
  });
  let ready: Promise<void> = Promise.resolve();
  const stop = agent.onDomain((domain) => {
    ready = identity.follow(domain);
    if (domain !== null) closeWithdrawn(domain, agent, connections.sockets);
  });
  await ready;
  const stopRevoked = closeRevoked(agent, connections.sockets);
  return {
    url: `kmip://${urlHost(reachableHost(host))}:${(server.address() as AddressInfo).port}`,
    async close() {
      stop();
      stopRevoked();
      identity.close();
      await connections.close();
    },
  };
}

/** Whether a connection counts among those of clients; while the agent is sealed it cannot tell. */
function mayBeClient(agent: ServedAgent, peer: Peer): boolean {
  return peer.spki !== null && (agent.domain === null || isServedPeer(agent, agent.domain, peer));
}

/** Connections from their first byte to their last. */
function takeConnections(server: Server, parts: ConnectionParts) {
  const { limits, counters } = parts;
  const sockets = new Set<TLSSocket>();
  const all = new Set<KmipConnection>();
  const clients = new ConnectionTable(limits, counters);
  const strangers = new Strangers(limits, counters);
  server.on("connection", (socket: Socket) => strangers.add(socket));
  server.on("tlsClientError", (_cause, socket: TLSSocket) => {
    counters.refuse("handshake");
    socket.destroy();
  });
  server.on("secureConnection", (socket: TLSSocket) => {
    // Nothing is read before its authority has answered for a certificate; meanwhile it counts as a stranger.
    const waits = readyPeer(parts.agent, peerOf(socket));
    if (waits === null) take(socket);
    else void waits.then(() => (socket.destroyed ? undefined : take(socket)));
  });
  const take = (socket: TLSSocket): void => {
    const peer = peerOf(socket);
    const spki = mayBeClient(parts.agent, peer) ? peer.spki : null;
    const used = (): void => {
      if (spki !== null) clients.touch(connection, spki);
    };
    const connection = new KmipConnection(socket, peer, parts, used);
    if (spki !== null) {
      strangers.release(socket);
      if (!clients.add(connection, spki)) return void socket.destroy();
      counters.opened += 1;
      if (socket.isSessionReused()) counters.resumed += 1;
    }
    sockets.add(socket);
    all.add(connection);
    socket.once("close", () => {
      sockets.delete(socket);
      all.delete(connection);
      if (spki !== null) clients.remove(connection, spki);
    });
  };
  const { handshakeMs, messageMs, stallMs, idleMs, lingerMs } = limits;
  const each = Math.min(1_000, Math.min(handshakeMs, messageMs, stallMs, idleMs, lingerMs) / 4);
  const looking = setInterval(() => {
    const now = performance.now();
    for (const connection of all) connection.look(now);
  }, each).unref();
  return {
    sockets,
    async close(): Promise<void> {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      strangers.destroyAll();
      for (const connection of all) connection.end();
      await closed;
      clearInterval(looking);
    },
  };
}
