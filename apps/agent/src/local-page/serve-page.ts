import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Server as TlsServer } from "node:tls";
import { APPROVAL_ANSWER_HEADERS } from "@holdfast/protocol";
import { explainRefusal } from "../admission/errors.ts";
import { bindServer } from "../endpoints/bind-server.ts";
import { parseListenAddress } from "../endpoints/listen-address.ts";
import type { Listener } from "../endpoints/served-agent.ts";
import { TLS_CONTEXT } from "../endpoints/tls-context.ts";
import { HttpRefusal } from "../json-http/http-refusal.ts";
import { closeJsonServer, type JsonCall, jsonServer, RawAnswer } from "../json-http/serve-json.ts";
import type { Logger } from "../logger.ts";
import type { PageCertificate } from "./page-certificate.ts";
import { type PageRefusalReason, refusePageCall } from "./page-rules.ts";
import { problemPage } from "./problem-page.ts";
import { loadStaticPage } from "./static-page.ts";

/** One call of the page. */
export type PageCall = (call: JsonCall) => unknown;

/** What is served, and where. */
export interface ServedPage {
  /** `HOST:PORT`; port 0 takes any, before anything is pinned. */
  readonly listen: string;
  /** The page's own origin, exactly as browsers show it. */
  readonly origin: string;
  readonly logger: Logger;
  /** By method and path. */
  readonly calls: ReadonlyMap<string, PageCall>;
  /** Counts calls that were not made by the page. */
  readonly countRefusal: (code: string) => void;
  readonly maxBodyBytes?: number;
  /** Of the page's own name; without it somebody in front of it speaks TLS. */
  readonly certificate?: PageCertificate | null;
}

const MAX_BODY_BYTES = 256 * 1024;
/** The addresses at which the one page is served; all it takes from an address is the fragment. */
const PAGES: ReadonlySet<string> = new Set([
  "/",
  "/claim",
  "/approve",
  "/check",
  "/introduce",
  "/custodian",
  "/recover",
]);
const STATUS: Readonly<Record<PageRefusalReason, number>> = {
  host: 421,
  header: 403,
  origin: 403,
  site: 403,
  "media-type": 415,
};

/**
 * Serves the one page and the calls it makes, to exactly one host name.
 *
 * @throws {@link PageError} `E_BUILD`; {@link EndpointError} `E_LISTEN`
 */
export async function servePage(served: ServedPage): Promise<Listener> {
  const { listen, origin, logger, calls, maxBodyBytes = MAX_BODY_BYTES, certificate = null } = served;
  const page = loadStaticPage();
  const { host, port } = parseListenAddress(listen);
  const server = jsonServer({
    logger,
    maxBodyBytes,
    ...(certificate !== null && { tls: { ...TLS_CONTEXT, ...certificate.shown } }),
    headers: APPROVAL_ANSWER_HEADERS,
    admit: (request, path) => admitCall(request, path, served),
    nextStep: (code) => explainRefusal(code).next,
    showProblem: (problem) => problemPage(problem, origin),
    answer(call) {
      if (call.method === "GET" && PAGES.has(call.path)) return new RawAnswer(page.html, page.headers);
      const run = calls.get(`${call.method} ${call.path}`);
      if (!run) throw new HttpRefusal(404, "E_NOT_FOUND", "There is no such page or call.");
      return run(call);
    },
  });
  certificate?.onChange((shown) => {
    if (server instanceof TlsServer) server.setSecureContext({ ...TLS_CONTEXT, ...shown });
  });
  await bindServer(server, host, port);
  const address = server.address() as AddressInfo;
  return { url: origin || `http://127.0.0.1:${address.port}`, close: () => closeJsonServer(server) };
}

function admitCall(
  { method = "GET", headers }: IncomingMessage,
  path: string,
  { origin, logger, countRefusal }: ServedPage,
): void {
  const reason = refusePageCall(origin, { method, path, headers });
  if (reason === null) return;
  countRefusal("E_PAGE_CALL");
  logger.warn("page.refused", { reason });
  throw new HttpRefusal(STATUS[reason], "E_PAGE_CALL", `This call was not made by the page at ${origin} (${reason}).`);
}
