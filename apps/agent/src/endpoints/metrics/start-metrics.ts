import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { limitConnections } from "../../json-http/connection-room.ts";
import { bindServer } from "../bind-server.ts";
import { parseListenAddress, reachableHost, urlHost } from "../listen-address.ts";
import type { Listener, ServedAgent } from "../served-agent.ts";
import { HostCheck, serverNames } from "../server-names.ts";
import { countersOf } from "./counters.ts";
import { metricsText } from "./metrics-text.ts";

/** How the metrics endpoint is started. */
export interface MetricsOptions {
  readonly agent: ServedAgent;
  /** `HOST:PORT`; port 0 takes any. Plain HTTP: keep it on loopback or behind what protects your monitoring. */
  readonly listen: string;
  readonly sans?: readonly string[];
  /** Host of the approval page: never a name of this listener. */
  readonly pageHost?: string | null;
  /** Further names that the page was set up for. */
  readonly setUp?: readonly string[];
  /** Whether the approval page of an environment is served here now: what a balancer in front of its name asks. */
  readonly servesPage?: () => boolean;
}

/** One answer. */
interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/**
 * Serves `/metrics`, `/livez`, `/readyz` and `/pagez` until it is closed.
 *
 * Live means that the process answers; ready that requests for keys are served: there is a domain, and it is unsealed.
 *
 * @throws {@link EndpointError} `E_LISTEN`
 */
export async function startMetrics(options: MetricsOptions): Promise<Listener> {
  const { agent, sans = [], pageHost = null, setUp = [], servesPage = () => false } = options;
  const { host, port } = parseListenAddress(options.listen);
  const hosts = new HostCheck(serverNames(host, sans, pageHost, setUp));
  const server = makeServer((request) => answer({ agent, hosts, servesPage }, request));
  await bindServer(server, host, port);
  return {
    url: `http://${urlHost(reachableHost(host))}:${(server.address() as AddressInfo).port}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

function makeServer(reply: (request: IncomingMessage) => Reply): Server {
  const limits = { headersTimeout: 10_000, requestTimeout: 10_000, keepAliveTimeout: 30_000, maxHeaderSize: 8192 };
  const server = createServer({ ...limits, requireHostHeader: false }, (request, response) => {
    send(response, reply(request));
  });
  limitConnections(server, { connections: 100, perAddress: 50 });
  return server;
}

interface Answering extends Pick<MetricsOptions, "agent"> {
  readonly hosts: HostCheck;
  readonly servesPage: () => boolean;
}

function answer({ agent, hosts, servesPage }: Answering, { method, url, headers }: IncomingMessage): Reply {
  if (!hosts.accepts(headers.host)) return plain(421, "This listener goes by another name.");
  if (method !== "GET" && method !== "HEAD") return plain(405, "GET only.");
  switch (url) {
    case "/metrics":
      return {
        status: 200,
        type: "text/plain; version=0.0.4; charset=utf-8",
        body: metricsText(agent, countersOf(agent)),
      };
    case "/livez":
      return plain(200, "live");
    case "/readyz":
      if (agent.domain !== null) return plain(200, "ready");
      return plain(503, agent.sealed ? "sealed" : "no domain yet");
    case "/pagez":
      return servesPage() ? plain(200, "serves the page") : plain(503, "serves no page");
    default:
      return plain(404, "/metrics, /livez, /readyz, /pagez");
  }
}

function plain(status: number, text: string): Reply {
  return { status, type: "text/plain; charset=utf-8", body: `${text}\n` };
}

function send(response: ServerResponse, { status, type, body }: Reply): void {
  response.writeHead(status, {
    "Content-Type": type,
    "Content-Length": Buffer.byteLength(body),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
  });
  response.end(response.req.method === "HEAD" ? undefined : body);
}
