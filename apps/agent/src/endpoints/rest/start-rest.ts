import { createServer, type Server } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { bindServer } from "../bind-server.ts";
import { kmipOverHttp } from "../kmip/http-kmip.ts";
import type { KmipAnswerer } from "../kmip/kmip-answerer.ts";
import { parseListenAddress, reachableHost, urlHost } from "../listen-address.ts";
import { countersOf } from "../metrics/counters.ts";
import type { Listener, ServedAgent } from "../served-agent.ts";
import { HostCheck, serverNames } from "../server-names.ts";
import { keepSessions } from "../session-cache.ts";
import { TLS_CONTEXT } from "../tls-context.ts";
import { TlsIdentity } from "../tls-identity.ts";
import { closeRevoked, closeWithdrawn } from "../withdrawn-clients.ts";
import { rawProblem } from "./answer.ts";
import { RestError } from "./errors.ts";
import { requestListener } from "./request-listener.ts";

/** How the REST endpoint is started. */
export interface RestOptions {
  readonly agent: ServedAgent;
  /** `HOST:PORT`; port 0 takes any. */
  readonly listen: string;
  /** More names of the agent, in its certificate and as Host. */
  readonly sans: readonly string[];
  /** Host of the approval page: never a name of this listener. */
  readonly pageHost?: string | null;
  /** Further names that the page was set up for. */
  readonly setUp?: readonly string[];
  /** Answers KMIP over HTTPS; without it that is not served. */
  readonly kmip?: KmipAnswerer | null;
  readonly limits?: Partial<RestLimits>;
}

/** Times and sizes of connections. */
interface RestLimits {
  readonly handshakeMs: number;
  readonly headersMs: number;
  /** A whole request, body included. */
  readonly requestMs: number;
  readonly keepAliveMs: number;
  /** Nothing read or written at all, as when an answer is not taken. */
  readonly silenceMs: number;
  readonly headerBytes: number;
  readonly connections: number;
}

const LIMITS: RestLimits = {
  handshakeMs: 10_000,
  headersMs: 15_000,
  requestMs: 60_000,
  keepAliveMs: 75_000,
  silenceMs: 120_000,
  headerBytes: 16_384,
  connections: 10_000,
};

/**
 * Serves the REST API over mutual TLS until it is closed.
 *
 * It binds at once. Before there is a domain it has no certificate to show and handshakes fail; while the agent is sealed
 * it answers 503. A client without a certificate is let in and told so by a problem document; nothing but the
 * description of the API is there for it.
 *
 * @throws {@link EndpointError} `E_LISTEN`
 */
export async function startRest(options: RestOptions): Promise<Listener> {
  const { agent, pageHost = null, setUp = [], kmip: answer = null } = options;
  const limits = { ...LIMITS, ...options.limits };
  const { host, port } = parseListenAddress(options.listen);
  const names = serverNames(host, options.sans, pageHost, setUp);
  const server = makeServer(limits);
  const parts = { agent, hosts: new HostCheck(names), counters: countersOf(agent), logger: agent.logger };
  const kmip = answer === null ? null : kmipOverHttp({ ...parts, answer });
  server.on("request", requestListener({ ...parts, kmip }));
  const connections = trackConnections(server);
  guardConnections(server, limits);
  keepSessions(server);
  await bindServer(server, host, port);
  const shown = (notAfter: number): void => void parts.counters.certificates.set("rest", notAfter);
  const identity = new TlsIdentity({
    ...{ server, listener: "rest", names, logger: agent.logger, shown },
    companyCa: agent.company?.caPem ?? "",
  });
  let ready: Promise<void> = Promise.resolve();
  const stop = agent.onDomain((domain) => {
    ready = identity.follow(domain);
    if (domain !== null) closeWithdrawn(domain, agent, connections);
  });
  await ready;
  const stopRevoked = closeRevoked(agent, connections);
  const address = server.address() as AddressInfo;
  return {
    url: `https://${urlHost(reachableHost(host))}:${address.port}`,
    async close() {
      stop();
      stopRevoked();
      identity.close();
      await closeServer(server, connections);
    },
  };
}

function makeServer(limits: RestLimits): Server {
  const server = createServer({
    ...TLS_CONTEXT,
    requestCert: true,
    rejectUnauthorized: false, // judged by peerOf: a refusal in words instead of a broken handshake
    handshakeTimeout: limits.handshakeMs,
    sessionTimeout: 300,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    maxHeaderSize: limits.headerBytes,
    connectionsCheckingInterval: Math.min(5_000, limits.headersMs, limits.requestMs),
    requireHostHeader: false, // its absence is refused as any other wrong Host
    noDelay: true,
  });
  server.maxConnections = limits.connections;
  server.timeout = limits.silenceMs;
  server.maxRequestsPerSocket = 0;
  return server;
}

/** Open connections that finished their handshake. */
function trackConnections(server: Server): Set<TLSSocket> {
  const connections = new Set<TLSSocket>();
  server.on("secureConnection", (socket: TLSSocket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
  });
  return connections;
}

/** What is no request ends with a problem document where one can be written, and with a close anyway. */
function guardConnections(server: Server, limits: RestLimits): void {
  server.on("clientError", (cause: NodeJS.ErrnoException, socket: Socket) => {
    if (!socket.writable || isAnswering(socket)) return void socket.destroy();
    socket.setTimeout(limits.handshakeMs, () => socket.destroy());
    socket.end(rawProblem(refusalOf(cause)), () => socket.destroy());
  });
  server.on("tlsClientError", (_cause, socket: Socket) => void socket.destroy());
  server.on("connect", (_request, socket: Socket) => void socket.destroy());
}

function refusalOf({ code }: NodeJS.ErrnoException): RestError {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return new RestError("E_TIMEOUT");
  if (code === "HPE_HEADER_OVERFLOW") return new RestError("E_HTTP", "The headers are too large.");
  return new RestError("E_HTTP");
}

/** Whether an answer is partly on its way, so that nothing may be written between. */
function isAnswering(socket: Socket): boolean {
  return (socket as Socket & { _httpMessage?: { headersSent: boolean } })._httpMessage?.headersSent === true;
}

async function closeServer(server: Server, connections: ReadonlySet<TLSSocket>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const hurry = setTimeout(() => {
    for (const socket of connections) socket.destroy();
    server.closeAllConnections();
  }, 2_000);
  await closed;
  clearTimeout(hurry);
}
