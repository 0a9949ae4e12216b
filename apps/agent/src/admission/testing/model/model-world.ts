import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { FakeClock } from "@holdfast/testkit";
import { markRecovering } from "../../../custody/backup/mark-recovering.ts";
import type { Custody } from "../../../custody/custody.ts";
import { type Domain, type OpenedDomain, openDomain } from "../../../domain.ts";
import { SqliteStore } from "../../../keystore/sqlite/sqlite-store.ts";
import { armFaultPoint } from "../../../lifecycle/fault-point.ts";
import type { FaultPointName } from "../../../lifecycle/fault-point-names.ts";
import { silentLogger } from "../../../logger.ts";
import { RefusalCounter } from "../../refusal-counter.ts";
import type { ModelDomain } from "./model-domain.ts";

/** The power went: what the disk had is in another folder. */
export class PowerLoss extends Error {}

const STORE = "agent.db";
/** What a data folder consists of while its agent runs. */
const ONE_TIME_KEYS = "transfer";
/** What was found of heads ahead of the log. */
const EVIDENCE = "evidence";
const FILES = [STORE, `${STORE}-wal`, "checkpoint", "agent.json", "ca.crt", ONE_TIME_KEYS, EVIDENCE];

let folders = 0;

/**
 * A real agent's domain in a folder: admission, executor, SQLite and custody as in every agent, without listeners. It can
 * be closed, cut off, rolled back and restored.
 */
export class ModelWorld {
  readonly #base: string;
  readonly #clock: FakeClock;
  #folder: string;
  #store: SqliteStore | null = null;
  #opened: OpenedDomain | null = null;
  #refusals: RefusalCounter | null = null;
  /** How often the agent was started. */
  starts = 0;
  /** The wall clock at the agent's start, with the running time taken off. */
  #began = 0;

  readonly #custody: Custody;

  private constructor(base: string, { folder, custody }: ModelDomain, clock: FakeClock) {
    this.#base = base;
    this.#folder = copyFolder(folder, join(base, "0"));
    this.#clock = clock;
    this.#custody = custody;
  }

  /** A fresh copy of a domain's folder, opened. */
  static async open(domain: ModelDomain, clock: FakeClock): Promise<ModelWorld> {
    folders += 1;
    const world = new ModelWorld(`${domain.folder}-${folders}`, domain, clock);
    await world.#open();
    return world;
  }

  get domain(): Domain {
    if (this.#opened === null) throw new TypeError("the agent is closed");
    return this.#opened.domain;
  }

  get store(): SqliteStore {
    return this.#store as SqliteStore;
  }

  /** Refusals counted in this minute of the running time, by code. */
  counted(): string[] {
    const minute = Math.floor((this.#began + this.#clock.monotonic() / 1000) / 60);
    const all = this.#refusals?.all() ?? [];
    return all.filter((each) => each.minute === minute).flatMap(({ code, count }) => Array<string>(count).fill(code));
  }

  async restart(): Promise<void> {
    this.#close();
    await this.#open();
  }

  /** Keeps the folder as it is. @returns where */
  snapshot(): string {
    return copyFolder(this.#folder, this.#fresh());
  }

  /** Does something while a step of the executor cuts the power. @returns what it answered where it did not come to that */
  async cutAt<T>(point: FaultPointName, work: () => Promise<T>): Promise<T | null> {
    let left: string | null = null;
    armFaultPoint(point, () => {
      armFaultPoint(null, never);
      left = copyFolder(this.#folder, this.#fresh());
      throw new PowerLoss();
    });
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PowerLoss)) throw error;
      this.#close(); // its timers; what it still writes is in a folder that nobody reads any more
      this.#folder = left ?? this.#folder;
      await this.#open();
      return null;
    } finally {
      armFaultPoint(null, never);
    }
  }

  /** What a restore leaves: the store of a snapshot, recovering, and nothing beside it. */
  async restore(snapshot: string): Promise<void> {
    this.#close();
    this.#folder = copyFolder(snapshot, this.#fresh());
    rmSync(join(this.#folder, "checkpoint"), { force: true });
    for (const gone of [ONE_TIME_KEYS, EVIDENCE]) rmSync(join(this.#folder, gone), { recursive: true, force: true });
    const store = SqliteStore.open(join(this.#folder, STORE));
    store.transact(() => markRecovering(store, this.#custody.keys.root));
    store.close();
    await this.#open();
  }

  /**
   * Runs on an older store with the newest checkpoint beside it; and then on the newest store again, unless the work says
   * that the older one stays.
   */
  async rolledBack(snapshot: string, work: () => Promise<boolean>): Promise<void> {
    this.#close();
    const newest = this.#folder;
    this.#folder = copyFolder(snapshot, this.#fresh());
    cpSync(join(newest, "checkpoint"), join(this.#folder, "checkpoint"));
    rmSync(join(this.#folder, ONE_TIME_KEYS), { recursive: true, force: true });
    if (existsSync(join(newest, ONE_TIME_KEYS)))
      cpSync(join(newest, ONE_TIME_KEYS), join(this.#folder, ONE_TIME_KEYS), { recursive: true });
    await this.#open();
    const stays = await work();
    this.#close();
    if (!stays) this.#folder = newest;
    await this.#open();
  }

  remove(): void {
    this.#close();
    rmSync(this.#base, { recursive: true, force: true });
  }

  async #open(): Promise<void> {
    const store = SqliteStore.open(join(this.#folder, STORE));
    const custody = this.#custody;
    const refusals = new RefusalCounter(store, this.#clock);
    this.starts += 1;
    this.#began = this.#clock.now() - this.#clock.monotonic() / 1000;
    this.#opened = await openDomain({
      ...{ custody, store, name: "agent one", dataDirectory: this.#folder },
      ...{ clock: this.#clock, logger: silentLogger, refusals, deniedActs: new Set<string>(), reopen: () => undefined },
    });
    this.#store = store;
    this.#refusals = refusals;
  }

  #close(): void {
    if (this.#opened === null) return;
    this.#opened.close();
    this.#opened.domain.keystore.close();
    this.#refusals?.flush();
    this.#store?.close();
    this.#opened = null;
  }

  #fresh(): string {
    folders += 1;
    return join(this.#base, String(folders));
  }
}

function copyFolder(from: string, to: string): string {
  mkdirSync(to, { recursive: true });
  for (const file of FILES) {
    try {
      cpSync(join(from, file), join(to, file), { recursive: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  return to;
}

function never(): never {
  throw new TypeError("no step is armed");
}
