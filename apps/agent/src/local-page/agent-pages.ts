import { existsSync } from "node:fs";
import { join } from "node:path";
import { HoldfastError } from "@holdfast/protocol";
import type { Agent } from "../agent.ts";
import { CertificateError } from "../clients/errors.ts";
import { countersOf } from "../endpoints/metrics/counters.ts";
import type { Listener } from "../endpoints/served-agent.ts";
import { addressesIn, hasPasskeyAt, hostedSharing, passkeysAt } from "../roster/passkeys-at.ts";
import { type RenewalTried, renewalTried } from "./acme/page-order.ts";
import { PageRenewals } from "./acme/page-renewals.ts";
import { type NotShown, PageCertificate } from "./page-certificate.ts";
import { PageChecks } from "./page-checks.ts";
import { PageError } from "./page-error.ts";
import { startPage } from "./page-server.ts";
import { CHAIN_FILE, certificateFolder, type PageSetup, pageSetups } from "./page-setup.ts";

/** The page that the command line of `serve` names. */
export interface PagePlan {
  readonly listen: string;
  readonly origin: string;
  /** The folder of its certificate; null where somebody in front of it speaks TLS, or nobody has to. */
  readonly tls: string | null;
  /** Whether `serve` was told of it, or it is the usual one of a try-out. */
  readonly named: boolean;
}

/** What pages are opened with. */
export interface PagesParts {
  readonly agent: Agent;
  readonly plan: PagePlan | null;
  /** The administration socket, where it is not in the data folder. */
  readonly admin: string;
  /** Names that the other listeners answer to: none of them is the page's. */
  readonly sans: readonly string[];
}

/** One address of the page, and whether it is served. */
export interface PageState {
  readonly origin: string;
  readonly listen: string;
  /** `waiting` for its certificate, `refused` with a code, `moved` when nobody has a passkey of it any more. */
  readonly state: "serving" | "waiting" | "refused" | "moved";
  readonly code?: string;
  readonly what?: string;
  /** When its certificate ends, Unix seconds; null where somebody else speaks TLS. */
  readonly notAfter: number | null;
  /** How many passkeys in force belong to it; null while sealed and before there are any. */
  readonly passkeys: number | null;
  /** Why its last renewal failed: by ACME, or of the files in its folder. Null where it did not. */
  readonly renewal: RenewalTried | NotShown | null;
  /** Whether its certificate is shown without its issuer's: browsers that do not know that one refuse it. */
  readonly alone: boolean;
  /** The file of its key where strangers on this host may read it; null where they may not. */
  readonly looseKey: string | null;
}

interface Open {
  readonly listener: Listener;
  readonly setup: PageSetup | null;
  readonly certificate: PageCertificate | null;
}

/** Why something is not served. */
interface Why {
  readonly code: string;
  readonly what: string;
}

const LOOK_MS = 60_000;
/** Stands for names that cannot be read where names that are not served are counted. */
const EVERY_NAME = "pages.json";

/**
 * Every address at which this key server serves its page: the one that `serve` was told of, and those of `page setup`, each as soon as
 * its certificate is there. While people move, the old and the new address are served side by side; when nobody has a passkey of a
 * try-out's address any more, it is not served at the next start.
 *
 * A name whose certificate cannot be served is left out and told of; no file ever ends the process, its start, or a later look.
 */
export class AgentPages {
  readonly checks: PageChecks;
  readonly #parts: PagesParts;
  readonly #open = new Map<string, Open>();
  readonly #refused = new Map<string, Why>();
  #unread: Why | null = null;
  readonly #ends = new Map<string, { readonly notAfter: number; readonly renewed: boolean }>();
  #timer: NodeJS.Timeout | null = null;
  readonly #renewals: PageRenewals;
  #turn: Promise<void> = Promise.resolve();

  private constructor(parts: PagesParts) {
    this.#parts = parts;
    this.checks = new PageChecks(parts.agent);
    const renewed = (origin: string) => this.#open.get(origin)?.certificate?.look();
    this.#renewals = new PageRenewals({ agent: parts.agent, renewed });
  }

  /** @throws {@link PageError} `E_BUILD`; {@link EndpointError} `E_LISTEN` of the address `serve` was told of */
  static async start(parts: PagesParts): Promise<AgentPages> {
    const pages = new AgentPages(parts);
    try {
      const { plan } = parts;
      if (plan !== null && !pages.#hasMoved(plan)) {
        await pages.#servePlan(plan).catch((cause: unknown) => {
          if (!(cause instanceof CertificateError)) throw cause;
          pages.#refuse(plan.origin, cause);
        });
      }
      await pages.look();
    } catch (error) {
      await pages.close();
      throw error;
    }
    pages.#timer = setInterval(() => void pages.look(), LOOK_MS).unref();
    return pages;
  }

  /** Looks again at what `page setup` left: opens what is new, reads renewed certificates, ends what was taken away. */
  look(): Promise<void> {
    this.#turn = this.#turn
      .then(() => this.#look())
      .catch((cause: unknown) => this.#parts.agent.logger.error("page.look", { ...whyOf(cause) }));
    return this.#turn;
  }

  /** Why the names of `page setup` cannot be read; null while they can. What was served is served on. */
  get unread(): Why | null {
    return this.#unread;
  }

  /**
   * Looks whether a name may be the page's beside the passkeys that there are, or that a change which waits brings.
   *
   * @throws {@link PageError} `E_PAGE_SETUP` for a hosted page's name, and one above or below it
   */
  checkName(origin: string): void {
    const { domain } = this.#parts.agent;
    if (domain === null) return;
    const rosters = [domain.rosters.current().roster, ...domain.links.pending().map(({ roster }) => roster)];
    for (const roster of rosters) {
      const hosted = hostedSharing(roster, origin);
      if (hosted !== null) throw hostedName(origin, hosted);
    }
  }

  /** Resolves when no renewal is under way. */
  async settled(): Promise<void> {
    await this.#turn;
    await this.#renewals.settled();
  }

  /** Every address, the newest first. */
  states(): PageState[] {
    const { plan } = this.#parts;
    const setups = this.#setups().map(({ origin, listen }) => ({ origin, listen }));
    const all = plan === null || setups.some(({ origin }) => origin === plan.origin) ? setups : [plan, ...setups];
    return all.reverse().map(({ origin, listen }) => this.#state(origin, listen));
  }

  /** An address that nobody has passkeys of, where others have: it is of no use to anybody. */
  #hasMoved({ origin, named }: PagePlan): boolean {
    const roster = this.#parts.agent.domain?.rosters.current().roster;
    if (named || roster === undefined || hasPasskeyAt(roster, origin)) return false;
    const set = new Set(this.#setups().map((each) => each.origin));
    return addressesIn(roster).some((each) => set.has(each));
  }

  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#turn;
    await this.#renewals.close();
    for (const origin of [...this.#open.keys()]) await this.#end(origin);
    for (const origin of [...this.#refused.keys()]) this.#refuse(origin, null);
  }

  async #look(): Promise<void> {
    const { agent, plan, sans } = this.#parts;
    const setups = this.#setups();
    for (const [origin, { setup, certificate }] of this.#open) {
      certificate?.look();
      if (setup === null || this.#unread !== null) continue;
      const now = setups.find((each) => each.origin === origin);
      if (now === undefined || now.listen !== setup.listen || now.tls !== setup.tls) await this.#end(origin);
    }
    for (const origin of this.#refused.keys())
      if (origin !== plan?.origin && !setups.some((each) => each.origin === origin)) this.#refuse(origin, null);
    if (plan !== null && this.#refused.has(plan.origin)) await this.#attempt(plan.origin, () => this.#servePlan(plan));
    for (const setup of setups) {
      const { origin, listen } = setup;
      if (this.#open.has(origin) || origin === plan?.origin) continue;
      await this.#attempt(origin, async () => {
        const folder = certificateFolder(agent.dataDirectory, setup);
        if (!existsSync(join(folder, CHAIN_FILE))) return false;
        if (sans.some((name) => name.toLowerCase() === new URL(origin).hostname)) throw nameTaken();
        this.checkName(origin);
        await this.#serve({ origin, listen, tls: folder, setup });
        return true;
      });
    }
    this.#tell();
    this.#renewals.look(setups);
  }

  async #servePlan(plan: PagePlan): Promise<true> {
    await this.#serve({ ...plan, setup: null });
    return true;
  }

  /** Serves a name, or says why it is left out. @param serve - Tells whether there was anything to serve */
  async #attempt(origin: string, serve: () => Promise<boolean>): Promise<void> {
    try {
      const served = await serve();
      this.#refuse(origin, null);
      if (served) this.#parts.agent.logger.info("page.served", { origin });
    } catch (cause) {
      this.#refuse(origin, cause);
    }
  }

  /** Tells that a name is left out and why, or with null that it is not. */
  #refuse(origin: string, cause: unknown): void {
    const { logger } = this.#parts.agent;
    const { pagesNotServed } = countersOf(this.#parts.agent);
    const { host } = new URL(origin);
    if (cause === null) {
      this.#refused.delete(origin);
      pagesNotServed.delete(host);
      return;
    }
    const why = whyOf(cause);
    this.#refused.set(origin, why);
    pagesNotServed.set(host, why.code);
    logger.error("page.not-served", { origin, code: why.code });
  }

  async #serve(page: { origin: string; listen: string; tls: string | null; setup: PageSetup | null }): Promise<void> {
    const { agent, admin } = this.#parts;
    const { origin, listen, tls: folder, setup } = page;
    const { logger } = agent;
    const shown = (notAfter: number) => {
      this.#ends.set(origin, { notAfter, renewed: setup?.acme?.hook != null });
      this.#count();
    };
    const certificate =
      folder === null ? null : PageCertificate.open({ folder, origin, logger, shown, time: () => agent.clock.now() });
    const { checks } = this;
    try {
      const listener = await startPage({ agent, listen, origin, admin, certificate, checks });
      this.#open.set(origin, { listener, setup, certificate });
    } catch (error) {
      certificate?.close();
      this.#forget(origin);
      throw error;
    }
    this.#tell();
  }

  async #end(origin: string): Promise<void> {
    const open = this.#open.get(origin);
    this.#open.delete(origin);
    this.#forget(origin);
    await open?.listener.close();
    this.#tell();
  }

  #forget(origin: string): void {
    this.#ends.delete(origin);
    this.#count();
  }

  /** Ends are counted apart by whether somebody has to renew: nobody is told to where the key server does it itself. */
  #count(): void {
    const { certificates } = countersOf(this.#parts.agent);
    for (const [name, renewed] of [
      ["page", false],
      ["page-acme", true],
    ] as const) {
      const ends = [...this.#ends.values()].flatMap((each) => (each.renewed === renewed ? [each.notAfter] : []));
      if (ends.length === 0) certificates.delete(name);
      else certificates.set(name, Math.min(...ends));
    }
  }

  #tell(): void {
    this.#parts.agent.servePagesAt([...this.#open.keys()].reverse());
  }

  #setups(): readonly PageSetup[] {
    const { pagesNotServed } = countersOf(this.#parts.agent);
    try {
      const setups = pageSetups(this.#parts.agent.dataDirectory);
      this.#unread = null;
      pagesNotServed.delete(EVERY_NAME);
      return setups;
    } catch (cause) {
      this.#unread = whyOf(cause);
      pagesNotServed.set(EVERY_NAME, this.#unread.code);
      this.#parts.agent.logger.error("page.setup", { code: this.#unread.code });
      return [...this.#open.values()].flatMap(({ setup }) => setup ?? []);
    }
  }

  #failedRenewal(origin: string): RenewalTried | NotShown | null {
    const notShown = this.#open.get(origin)?.certificate?.notShown ?? null;
    if (notShown !== null) return notShown;
    const tried = renewalTried(this.#parts.agent.dataDirectory, origin);
    return tried === null || tried.code === null ? null : tried;
  }

  #state(origin: string, listen: string): PageState {
    const { agent, plan } = this.#parts;
    const roster = agent.domain?.rosters.current().roster;
    const passkeys = roster === undefined ? null : passkeysAt(roster, origin).length;
    const facts = {
      origin,
      listen,
      notAfter: this.#ends.get(origin)?.notAfter ?? null,
      passkeys,
      renewal: this.#failedRenewal(origin),
      alone: this.#open.get(origin)?.certificate?.alone ?? false,
      looseKey: this.#open.get(origin)?.certificate?.looseKey ?? null,
    };
    if (this.#open.has(origin)) return { ...facts, state: "serving" };
    const refused = this.#refused.get(origin);
    if (refused !== undefined) return { ...facts, state: "refused", ...refused };
    return { ...facts, state: origin === plan?.origin ? "moved" : "waiting" };
  }
}

/** A cause as it may be told: ours in its own words, another by no more than the system's code. */
function whyOf(cause: unknown): Why {
  if (cause instanceof HoldfastError) return { code: String(cause.code), what: cause.message };
  const { code } = cause as { code?: unknown };
  const word = typeof code === "string" && /^[A-Z0-9_]{1,80}$/.test(code) ? ` (${code})` : "";
  return { code: "E_PAGE_SETUP", what: `Something that it needs cannot be used${word}.` };
}

function nameTaken(): PageError {
  return new PageError(
    "E_PAGE_SETUP",
    "Another listener answers to the page's name: nothing else may, on no port. Serve without it in --san; where it is this machine's own name, start the key server again.",
    "Serve without that name in --san, or start the key server again.",
  );
}

function hostedName(origin: string, hosted: string): PageError {
  const { hostname } = new URL(origin);
  return new PageError(
    "E_PAGE_SETUP",
    `${hostname} is, or is above or below, the name of a hosted page that an administrator has a passkey of (${hosted}): no passkey of this page could ever approve.`,
    "Choose a name of your own that is apart from the hosted page's; or take the passkeys of that page away first (docs/operate/hosted-page.md).",
  );
}
