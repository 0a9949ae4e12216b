import type { Agent } from "../agent.ts";
import type { Listener } from "../endpoints/served-agent.ts";
import { commandLineTo } from "../spell-command.ts";
import { HandOver } from "./hand-over.ts";
import { pageCalls } from "./page-calls.ts";
import type { PageCertificate } from "./page-certificate.ts";
import type { PageChecks } from "./page-checks.ts";
import { withPeers } from "./peers/relay-calls.ts";
import { servePage } from "./serve-page.ts";

/** How the page is served. */
export interface PageOptions {
  readonly agent: Agent;
  /** `HOST:PORT`; port 0 takes any, before anything is pinned. */
  readonly listen: string;
  /** The page's own origin, exactly as browsers show it. */
  readonly origin: string;
  /** The administration socket, where it is not in the data folder. */
  readonly admin?: string;
  /** Of the page's own name; without it somebody in front of it speaks TLS. */
  readonly certificate?: PageCertificate | null;
  /** Checks of the page from a browser; none are taken without it. */
  readonly checks?: PageChecks | null;
}

/**
 * Serves the approval page and the few calls it makes, to exactly one host name.
 *
 * @throws {@link PageError} `E_BUILD`; {@link EndpointError} `E_LISTEN`
 */
export async function startPage(options: PageOptions): Promise<Listener> {
  const { agent, listen, origin, admin, certificate = null, checks = null } = options;
  const handOver = new HandOver(agent.clock);
  const forget = agent.onDomain((domain) => domain ?? handOver.clear());
  const commandLine = commandLineTo({ dataDirectory: agent.dataDirectory, admin });
  const { url, close } = await servePage({
    ...{
      listen,
      origin,
      certificate,
      logger: agent.logger,
      calls: withPeers(pageCalls({ agent, origin, handOver, commandLine, checks }), { agent, origin, handOver }),
    },
    countRefusal: (code) => agent.refusals.count(code),
  });
  return {
    url,
    close() {
      forget();
      handOver.clear();
      certificate?.close();
      return close();
    },
  };
}
