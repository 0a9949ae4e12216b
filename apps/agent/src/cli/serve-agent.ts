import { writeFileSync } from "node:fs";
import { hostname } from "node:os";
import type { DatabaseSync } from "node:sqlite";
import { type FipsFacts, fipsFacts } from "@holdfast/crypto";
import { startAdmin } from "../admin/admin-server.ts";
import { refusedChanges } from "../admin/refused-changes.ts";
import type { AgentPlaces } from "../admin/status.ts";
import { Agent } from "../agent.ts";
import { startControlLink } from "../control-link/start-control-link.ts";
import { answerKmip } from "../endpoints/kmip/answer-kmip.ts";
import { startKmip } from "../endpoints/kmip/start-kmip.ts";
import { startMetrics } from "../endpoints/metrics/start-metrics.ts";
import { startRest } from "../endpoints/rest/start-rest.ts";
import type { Listener } from "../endpoints/served-agent.ts";
import { AgentPages } from "../local-page/agent-pages.ts";
import { pageSetups } from "../local-page/page-setup.ts";
import { createProcessLogger } from "../logger.ts";
import { AgentNotices } from "../notices/agent-notices.ts";
import { keepMemoryOutOfCoreDumps } from "../self-check/host-facts.ts";
import { CliError } from "./cli-error.ts";
import { converseAtConsole } from "./console-conversation.ts";
import type { ServePlan } from "./serve-plan.ts";

/** What `serve` has read and taken before it loads the rest of the program. */
export interface ServeParts {
  readonly dataDirectory: string;
  readonly plan: ServePlan;
  /** The data folder's lock. */
  readonly lock: DatabaseSync;
  /** Resolves when it is to stop. */
  readonly ended: Promise<void>;
}

/** Serves a data folder until told to stop. */
export async function serveAgent({ dataDirectory, plan, lock, ended }: ServeParts): Promise<void> {
  const served = await start(dataDirectory, plan, lock);
  const endConversation = converseAtConsole(served.agent);
  process.stdout.write(`${JSON.stringify(served.ready)}\n`);
  await ended;
  endConversation();
  await served.stop();
}

async function start(dataDirectory: string, plan: ServePlan, lock: DatabaseSync) {
  if (plan.requireFips) requireFips();
  const logger = createProcessLogger();
  if (!keepMemoryOutOfCoreDumps(writeFileSync)) logger.warn("host.core-dumps");
  const agent = await Agent.open({
    dataDirectory,
    lock,
    pageOrigin: plan.page?.origin ?? null,
    logger,
    company: plan.company,
    deniedActs: plan.deniedActs,
  });
  const started: { close(): Promise<void> }[] = [agent];
  const stop = async () => {
    for (const each of started.reverse()) await each.close();
  };
  const keep = <T extends { close(): Promise<void> }>(each: T): T => {
    started.push(each);
    return each;
  };
  try {
    let urls: AgentPlaces["urls"] = { rest: null, kmip: null, page: null, metrics: null };
    const link = keep(startControlLink({ agent, urls: () => urls }));
    const notices = keep(new AgentNotices({ agent, link }));
    const pageHost = plan.page === null ? null : new URL(plan.page.origin).hostname;
    const setUp = setUpNames(agent.dataDirectory);
    const names = { agent, sans: plan.sans, pageHost, setUp };
    const rest = plan.rest && keep(await startRest({ ...names, listen: plan.rest, kmip: answerKmip }));
    const kmip = plan.kmip && keep(await startKmip({ ...names, listen: plan.kmip, answer: answerKmip }));
    const sans = [...plan.sans, ...(setUp.includes(hostname().toLowerCase()) ? [] : [hostname()])];
    const pages = keep(await AgentPages.start({ agent, plan: plan.page, admin: plan.admin, sans }));
    const servesPage = () => agent.tid !== null && agent.pageOrigins.length > 0;
    const metrics =
      plan.metrics && keep(await startMetrics({ agent, listen: plan.metrics, pageHost, setUp, servesPage }));
    urls = { rest: urlOf(rest), kmip: urlOf(kmip), page: null, metrics: urlOf(metrics) };
    const places = () => ({ urls: { ...urls, page: agent.pageOrigin }, linked: link.status() });
    keep(await startAdmin({ agent, link, notices, pages, places }, plan.admin));
    return { agent, ready: readyLine(agent, places().urls, plan), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Names that the page was set up for before this start; none where they cannot be read, which the page itself tells. */
function setUpNames(dataDirectory: string): string[] {
  try {
    return pageSetups(dataDirectory).map(({ origin }) => new URL(origin).hostname);
  } catch {
    return [];
  }
}

const NOT_FIPS: Readonly<Record<Exclude<FipsFacts["why"], "active">, string>> = {
  "no-provider": "no FIPS provider is loaded into this process",
  unforced: "a FIPS provider is loaded, but weaker algorithms still work",
  broken: "the runtime's FIPS flag is set, but no provider answers",
};

/** @throws {@link CliError} `E_FIPS` */
function requireFips(): void {
  const { why } = fipsFacts();
  if (why === "active") return;
  throw new CliError(
    "E_FIPS",
    `FIPS is required (--require-fips), and ${NOT_FIPS[why]}.`,
    "Give this Node a validated provider as docs/operate/fips.md says, or start without --require-fips.",
  );
}

function urlOf(listener: Listener | "" | null): string | null {
  return listener ? listener.url : null;
}

/** The one line that says where everything is. Before genesis it brings the one-time address as well. */
function readyLine(agent: Agent, urls: AgentPlaces["urls"], plan: ServePlan) {
  const { tid, sealed, identity } = agent;
  const claim =
    tid === null && !sealed && agent.pageOrigin !== null ? { claimUrl: agent.registration.newClaim().claimUrl } : {};
  const notServed = { aws: null, vault: null };
  const said = { ready: true, tid, aid: identity.aid, sealed, refuses: refusedChanges(agent) };
  return { ...said, ...urls, ...notServed, admin: plan.admin, ...claim };
}
