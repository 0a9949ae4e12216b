import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { explainRefusal } from "../admission/errors.ts";
import type { Agent } from "../agent.ts";
import { bindServer } from "../endpoints/bind-server.ts";
import { parseListenAddress } from "../endpoints/listen-address.ts";
import type { Listener } from "../endpoints/served-agent.ts";
import { HttpRefusal } from "../json-http/http-refusal.ts";
import { closeJsonServer, jsonServer, RawAnswer } from "../json-http/serve-json.ts";
import { commandLineTo } from "../spell-command.ts";
import { HandOver } from "./hand-over.ts";
import { pageCalls } from "./page-calls.ts";
import { type PageRefusalReason, refusePageCall } from "./page-rules.ts";
import { problemPage } from "./problem-page.ts";
import { COMMON_HEADERS, loadStaticPage } from "./static-page.ts";

/** How the page is served. */
export interface PageOptions {
  readonly agent: Agent;
  /** `HOST:PORT`; port 0 takes any, before anything is pinned. */
  readonly listen: string;
  /** The page's own origin, exactly as browsers show it. */
  readonly origin: string;
  /** The administration socket, where it is not in the data folder. */
  readonly admin?: string;
}

const MAX_BODY_BYTES = 256 * 1024;
/** The addresses at which the one page is served; all it takes from an address is the fragment. */
const PAGES: ReadonlySet<string> = new Set(["/", "/claim", "/approve", "/introduce"]);
const STATUS: Readonly<Record<PageRefusalReason, number>> = {
  host: 421,
  header: 403,
  origin: 403,
  site: 403,
  "media-type": 415,
};

/**
 * Serves the approval page and the few calls it makes, to exactly one host name.
 *
 * @throws {@link PageError} `E_BUILD`; {@link EndpointError} `E_LISTEN`
 */
export async function startPage({ agent, listen, origin, admin }: PageOptions): Promise<Listener> {
  const page = loadStaticPage();
  const { host, port } = parseListenAddress(listen);
  const handOver = new HandOver(agent.clock);
  const forget = agent.onDomain((domain) => domain ?? handOver.clear());
  const commandLine = commandLineTo({ dataDirectory: agent.dataDirectory, admin });
  const calls = pageCalls(agent, handOver, commandLine);
  const server = jsonServer({
    logger: agent.logger,
    maxBodyBytes: MAX_BODY_BYTES,
    headers: COMMON_HEADERS,
    admit: (request, path) => admitCall(request, path, { origin, agent }),
    nextStep: (code) => explainRefusal(code).next,
    showProblem: (problem) => problemPage(problem, origin),
    answer(call) {
      if (call.method === "GET" && PAGES.has(call.path)) return new RawAnswer(page.html, page.headers);
      const run = calls.get(`${call.method} ${call.path}`);
      if (!run) throw new HttpRefusal(404, "E_NOT_FOUND", "There is no such page or call.");
      return run(call);
    },
  });
  await bindServer(server, host, port);
  const address = server.address() as AddressInfo;
  return {
    url: origin || `http://127.0.0.1:${address.port}`,
    close: () => {
      forget();
      handOver.clear();
      return closeJsonServer(server);
    },
  };
}

function admitCall(
  { method = "GET", headers }: IncomingMessage,
  path: string,
  { origin, agent }: Pick<PageOptions, "origin" | "agent">,
): void {
  const reason = refusePageCall(origin, { method, path, headers });
  if (reason === null) return;
  agent.refusals.count("E_PAGE_CALL");
  agent.logger.warn("page.refused", { reason });
  throw new HttpRefusal(STATUS[reason], "E_PAGE_CALL", `This call was not made by the page at ${origin} (${reason}).`);
}
