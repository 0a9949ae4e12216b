import { existsSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { runSelfTests, type SelfTests } from "@holdfast/crypto";
import { RefusalCounter } from "./admission/refusal-counter.ts";
import { readSettings } from "./agent-settings.ts";
import { CompanyClients, type CompanyPlan } from "./clients/company/company-clients.ts";
import { Custody, type Rekey, type ShareSplit, type WriteRekey } from "./custody/custody.ts";
import type { AgentIdentity } from "./custody/custody-record.ts";
import type { KeyBefore } from "./custody/hsm/hsm.ts";
import { type KekMade, opensUnattended } from "./custody/kek-source.ts";
import { SqliteSecretStore } from "./custody/secret-store.ts";
import type { SharesGiven } from "./custody/shares.ts";
import type { StagedShares } from "./custody/staged-shares.ts";
import { takeLock } from "./data-lock.ts";
import { type Domain, type OpenedDomain, openDomain } from "./domain.ts";
import { type HsmTimes, HsmWatch } from "./hsm-watch.ts";
import { foundStandalone, STORE_FILE } from "./init-agent.ts";
import { StoreError } from "./keystore/errors.ts";
import { SqliteStore } from "./keystore/sqlite/sqlite-store.ts";
import { faultPoint } from "./lifecycle/fault-point.ts";
import type { Logger } from "./logger.ts";
import { foundDomain } from "./roster/found-domain.ts";
import { MEMBERSHIP_FILE } from "./roster/membership.ts";
import { hasPasskeyAt } from "./roster/passkeys-at.ts";
import { Registration } from "./roster/registration.ts";
import { peekTid, readTid } from "./roster/roster-store.ts";
import { type Clock, ClockGuard, systemClock } from "./self-check/clock.ts";

/** Which agent, and what it is told of its surroundings. */
export interface AgentOptions {
  readonly dataDirectory: string;
  /** The page's own origin, fixed by the command line; null without a page. */
  readonly pageOrigin: string | null;
  readonly logger: Logger;
  /** The folder's lock, where it was taken already; it is taken otherwise. */
  readonly lock?: DatabaseSync;
  readonly clock?: Clock;
  /** The company's authority that is trusted for clients; none without it. */
  readonly company?: CompanyPlan | null;
  /** Acts that this host refuses whoever approves them; none without it. */
  readonly deniedActs?: ReadonlySet<string>;
  /** How a token is watched, where the key-encryption key is in one. */
  readonly hsm?: Partial<HsmTimes>;
}

/** One data folder, opened by one process: sealed or unsealed, before its domain exists or after. */
export class Agent {
  readonly name: string;
  readonly dataDirectory: string;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly custody: Custody;
  readonly store: SqliteStore;
  readonly registration: Registration;
  /** Refusals by code and minute, before and after the domain exists. */
  readonly refusals: RefusalCounter;
  /** Clients whose certificates a company's authority issues; null where none is trusted. */
  readonly company: CompanyClients | null;
  /** Acts that this host refuses whoever approves them: no command from elsewhere changes that. */
  readonly deniedActs: ReadonlySet<string>;
  readonly #lock: DatabaseSync;
  readonly #listeners = new Set<(domain: Domain | null) => void>();
  readonly #watch: HsmWatch;
  readonly #onSeal: (() => void)[] = [];
  #pages: readonly string[];
  #opened: OpenedDomain | null = null;
  #opening: Promise<void> | null = null;

  /** What the self-tests of this start found. */
  readonly selfTests: SelfTests;

  private constructor(options: AgentOptions, lock: DatabaseSync, selfTests: SelfTests) {
    const { dataDirectory, pageOrigin, logger, clock = systemClock } = options;
    const { name, makers = null } = readSettings(dataDirectory);
    this.name = name;
    this.dataDirectory = dataDirectory;
    this.#pages = pageOrigin === null ? [] : [pageOrigin];
    this.logger = logger;
    this.clock = clock;
    const { company = null, deniedActs = new Set() } = options;
    this.deniedActs = deniedActs;
    this.company = company === null ? null : new CompanyClients(company, logger, () => clock.now());
    this.#lock = lock;
    this.selfTests = selfTests;
    this.store = SqliteStore.open(join(dataDirectory, STORE_FILE), clock);
    this.custody = Custody.load(new SqliteSecretStore(this.store.database), { dataDirectory });
    this.refusals = new RefusalCounter(this.store, clock);
    this.#watch = new HsmWatch(this, options.hsm);
    const page = () => this.pageOrigin;
    this.registration = new Registration({
      identity: this.custody.identity,
      name,
      get pageOrigin() {
        return page();
      },
      makers,
      clock,
      logger,
      keys: () => this.custody.keys,
      founded: () => this.tid !== null,
      found: (link) => this.#found(link),
      countRefusal: (code) => this.refusals.count(code),
    });
  }

  /**
   * Opens a data folder that `init` made, and unseals it where the key-encryption key is a file that is there.
   *
   * A key-encryption key that cannot be had leaves the agent sealed: it starts, says so, and serves nothing.
   *
   * @throws {@link StoreError} `E_STORE` for a folder without an agent, or one that another process serves; `E_STORE_FORM`, `E_JOINED`,
   *   `E_GENESIS`; {@link CustodyError} `E_CUSTODY_RECORD`; {@link CryptoError} for a self-test that fails
   */
  static async open(options: AgentOptions): Promise<Agent> {
    const selfTests = testItself(options.logger);
    readSettings(options.dataDirectory);
    const lock = options.lock ?? takeLock(options.dataDirectory);
    if (existsSync(join(options.dataDirectory, MEMBERSHIP_FILE))) {
      lock.close();
      throw new StoreError("E_JOINED");
    }
    let agent: Agent;
    try {
      agent = new Agent(options, lock, selfTests);
    } catch (error) {
      lock.close();
      throw error;
    }
    try {
      if (opensUnattended(agent.custody.kek)) await agent.#unsealAtStart();
      agent.#watch.start();
    } catch (error) {
      await agent.close();
      throw error;
    }
    return agent;
  }

  get identity(): AgentIdentity {
    return this.custody.identity;
  }

  get sealed(): boolean {
    return this.custody.sealed;
  }

  /** The addresses of the page, the newest first: those of passkeys in force, and the one that they move to. */
  get pageOrigins(): readonly string[] {
    return this.#pages;
  }

  /** Where people decide: the newest address of the page that somebody in force has a passkey of. Null without a page. */
  get pageOrigin(): string | null {
    const roster = this.domain?.rosters.current().roster;
    return this.#pages.find((origin) => roster && hasPasskeyAt(roster, origin)) ?? this.#pages[0] ?? null;
  }

  /** Says at which addresses the page is served from now on, the newest first. */
  servePagesAt(origins: readonly string[]): void {
    this.#pages = origins;
  }

  /** The domain; null before genesis and while sealed. */
  get domain(): Domain | null {
    return this.#opened?.domain ?? null;
  }

  /** The domain's id, also while sealed; null before genesis. */
  get tid(): string | null {
    return this.domain?.tid ?? peekTid(this.store);
  }

  /** Tells at once what the domain is, and then at each change. @returns what stops it */
  onDomain(listener: (domain: Domain | null) => void): () => void {
    this.#listeners.add(listener);
    listener(this.domain);
    return () => this.#listeners.delete(listener);
  }

  /** Calls before the keys go out of memory at a seal, while they can still sign. */
  onSeal(listener: () => void): void {
    this.#onSeal.push(listener);
  }

  /**
   * Opens the root key and the domain; nothing happens when they are open.
   *
   * @param passphrase - Or the token's PIN.
   * @throws {@link CustodyError} `E_PASSPHRASE`, `E_KEK`, `E_KEK_FILE`, `E_KEK_PATH`, `E_CUSTODY_RECORD`; {@link StoreError}
   */
  async unseal(passphrase?: string): Promise<void> {
    await this.#unseal(passphrase, false);
    this.#watch.resume();
  }

  /** Unseals without anybody having asked, after the token that opens this agent came back. @throws as {@link unseal} */
  async unsealByItself(): Promise<void> {
    await this.#unseal(undefined, true);
  }

  async #unseal(passphrase: string | undefined, byItself: boolean): Promise<void> {
    const wasSealed = this.sealed;
    await this.custody.unseal(passphrase, byItself);
    await this.#openOnce();
    if (wasSealed) this.#record("agent.unseal");
  }

  /**
   * Takes one custodian's share; the one that completes a quorum opens root key and domain.
   *
   * @throws {@link CustodyError} `E_SHARE_FORM`, `E_UNSEAL_SHARE`, `E_SHARE_GIVEN`, `E_SHARE_WAIT`, `E_SHARES_NEEDED`, `E_KEK`
   */
  async giveShare(share: string, from?: string): Promise<SharesGiven> {
    const wasSealed = this.sealed;
    const progress = await this.custody.giveShare(share, from);
    this.logger.info("custody.share", { given: progress.given, needed: progress.needed });
    if (!this.sealed) await this.#openOnce();
    if (wasSealed && !this.sealed) this.#record("agent.unseal");
    return progress;
  }

  /**
   * Protects the root key in another way while everything goes on; recorded in the custody log in the same transaction.
   *
   * @throws {@link CustodyError} as `Custody.rekey`; {@link StoreError} `E_STORE`
   */
  async rekey(how: Rekey): Promise<KekMade> {
    const made = await this.custody.rekey({ ...how, staysInToken: this.#keepsKeysInToken }, this.#writeRekey);
    this.#rekeyed();
    return made;
  }

  /**
   * Makes shares for custodians; nothing is changed until {@link commitShares}, which comes when each custodian has theirs.
   *
   * @throws {@link CustodyError} as `Custody.stageShares`
   */
  async stageShares(how: ShareSplit): Promise<StagedShares> {
    const staged = await this.custody.stageShares({ ...how, staysInToken: this.#keepsKeysInToken });
    this.logger.info("custody.shares-staged", { set: staged.set });
    faultPoint("rekey:staged");
    return staged;
  }

  /** @throws {@link CustodyError} as `Custody.commitShares`; {@link StoreError} `E_STORE` */
  async commitShares(ticket: string): Promise<KeyBefore | null> {
    const inToken = await this.custody.commitShares(ticket, this.#writeRekey);
    this.#rekeyed();
    return inToken;
  }

  /** Drops staged shares, which then open nothing. @throws {@link CustodyError} `E_REKEY_NONE` */
  cancelShares(ticket: string): void {
    this.custody.cancelShares(ticket);
    this.logger.info("custody.shares-dropped");
  }

  get #keepsKeysInToken(): boolean {
    return (this.domain?.keystore.tokenKeys ?? 0) > 0;
  }

  readonly #writeRekey: WriteRekey = (put, from, to) => {
    const { domain } = this;
    if (domain === null) return put();
    domain.executor.changeByHost((unit) => {
      unit.append(domain.executor.hostEntry("agent.rekey", { from, to }));
      put();
      faultPoint("rekey:before-commit");
    });
    faultPoint("rekey:committed");
  };

  #rekeyed(): void {
    this.domain?.keystore.dropTokenHandles();
    this.store.dropRemoved();
    this.logger.warn("custody.rekeyed", { kek: this.custody.kek.kind });
  }

  /** Whether it is sealed for want of its token, and unseals itself when that is there. */
  get waitsForToken(): boolean {
    return this.sealed && this.#watch.comesBack;
  }

  /** Writes what is still to be written, then takes the root key out of memory. */
  seal(by: "person" | "token" = "person"): void {
    if (by === "person") this.#watch.rest();
    if (this.sealed) return;
    try {
      this.#record("agent.seal");
      for (const listener of this.#onSeal) listener();
    } finally {
      this.#forgetKeys();
    }
    this.logger.warn("agent.sealed", { by });
  }

  /** Ends serving this data folder. */
  async close(): Promise<void> {
    await this.#watch.stop();
    await this.#opening?.catch(() => undefined);
    await this.domain?.admission.settled();
    await this.domain?.links.settled();
    const backups = this.domain?.backups;
    this.#closeDomain();
    await backups?.settled();
    this.custody.seal();
    await this.custody.hsm?.close();
    this.refusals.flush();
    this.company?.close();
    this.store.close();
    if (this.#lock.isOpen) this.#lock.close();
  }

  async #unsealAtStart(): Promise<void> {
    try {
      await this.custody.unseal(undefined, true);
    } catch (error) {
      const code = (error as { code?: string }).code ?? "";
      if (!["E_KEK", "E_HSM_", "E_CREDENTIAL"].some((begins) => code.startsWith(begins))) throw error;
      this.logger.error("agent.stays-sealed", { code });
      return;
    }
    await this.#openOnce();
    this.#record("agent.start");
  }

  /** Puts an event of this agent into the custody log; a store that does not take it keeps nobody from sealing. */
  #record(kind: "agent.start" | "agent.unseal" | "agent.seal"): void {
    try {
      const { failed } = this.selfTests;
      this.domain?.executor.recordHostEvent(
        kind,
        failed.length > 0 && kind !== "agent.seal" ? { failed: [...failed] } : {},
      );
    } catch {
      this.logger.error("store.unwritten", { kind });
    }
  }

  /** Opens the domain, once however many ask at the same time. */
  #openOnce(): Promise<void> {
    this.#opening ??= this.#open().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  async #open(): Promise<void> {
    if (this.#opened !== null || this.sealed) return;
    const { custody, store, name, dataDirectory, clock, logger, refusals, deniedActs } = this;
    if (readTid(store) === null) {
      if (custody.identity.local === null) return; // founded at the page
      await foundStandalone(store, custody, { dataDirectory, name });
    }
    const reopen = () => void this.#reopen();
    this.#opened = await openDomain({
      custody,
      store,
      name,
      dataDirectory,
      clock,
      logger,
      refusals,
      reopen,
      deniedActs,
    });
    this.#tell();
  }

  /** Closes the domain and opens it anew, with all the checks of a start. */
  async #reopen(): Promise<void> {
    const { domain } = this;
    if (domain === null || this.sealed) return;
    await domain.admission.settled();
    if (this.domain !== domain) return;
    this.#closeDomain();
    await domain.backups.settled();
    await this.#openOnce().catch(() => this.logger.error("domain.closed"));
  }

  async #found(link: Parameters<typeof foundDomain>[1]): Promise<string> {
    const { store, dataDirectory, clock, custody } = this;
    const guard = new ClockGuard(clock);
    await foundDomain({ store, keys: custody.keys, aid: custody.identity.aid, dataDirectory, guard }, link);
    await this.#openOnce();
    if (this.tid === null) throw new StoreError("E_GENESIS");
    this.logger.info("domain.founded", { tid: this.tid });
    return this.tid;
  }

  /** The root key goes too, whatever a store, a log or a listener does. */
  #forgetKeys(): void {
    try {
      this.#closeDomain();
    } finally {
      this.custody.seal();
      void this.custody.hsm?.close();
    }
  }

  /** Keys go out of memory whatever a store or a request that ends with it does. */
  #closeDomain(): void {
    const opened = this.#opened;
    this.#opened = null;
    if (opened === null) return;
    try {
      opened.close();
    } catch (error) {
      this.logger.error("domain.unwritten", { code: (error as { code?: string }).code ?? "E_INTERNAL" });
    } finally {
      opened.domain.keystore.close();
      this.#tell();
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener(this.domain);
  }
}

/** @throws {@link CryptoError} `E_SELFTEST` */
function testItself(logger: Logger): SelfTests {
  try {
    const { failed, ...rest } = runSelfTests();
    logger.info("selftest.done", { tests: rest.ran.length, failed: failed.length, milliseconds: rest.milliseconds });
    for (const test of failed) logger.error("selftest.failed", { test });
    return { failed, ...rest };
  } catch (cause) {
    logger.error("selftest.failed", { test: String((cause as { detail?: { test?: string } }).detail?.test) });
    throw cause;
  }
}
