import {
  CHANNELS,
  type Db,
  dueDeliveries,
  environmentsWithChannels,
  parseEvent,
  recordTry,
  type Scope,
  sweepNotices,
} from "@holdfast/db";
import { tryDelivery } from "./deliver.ts";
import { findNotices } from "./find-notices.ts";
import { NoticeKey } from "./notice-key.ts";
import type { NoticeSettings } from "./notice-settings.ts";
import { writeNotices } from "./write-notices.ts";

/** How often one that has nothing urgent is looked at. */
const EACH_SECONDS = 15;
const TICK_MS = 1_000;
/** A worker that died holds nobody up for longer. */
const HOLD_SECONDS = 120;
/** So many organisations at the same time: slow receivers of one keep nobody else waiting. */
const MOST_AT_ONCE = 8;
/** So many tries, and so long, in one turn of an organisation. */
const MOST_TRIES_A_TURN = 50;
const TURN_MS = 30_000;

/** Looks for what is to be told and delivers it, for all organisations, beside any number of others that do the same. */
export class NoticeWorker {
  readonly #db: Db;
  readonly #settings: NoticeSettings;
  readonly #key: NoticeKey;
  readonly #since = Math.floor(Date.now() / 1000);
  readonly #turns = new Set<Promise<void>>();
  readonly #log: (line: object) => void;
  #timer: NodeJS.Timeout | null = null;
  #stop: () => void = () => undefined;
  #taking = false;
  #closed = false;

  constructor(db: Db, settings: NoticeSettings, log: (line: object) => void) {
    this.#db = db;
    this.#settings = settings;
    this.#key = NoticeKey.open(settings.keyFile);
    this.#log = log;
  }

  start(): void {
    this.#timer = setInterval(() => void this.#take(), TICK_MS).unref();
    this.#stop = this.#db.events.on(CHANNELS.event, (payload) => {
      const event = parseEvent(payload);
      if (event !== null) void this.#db.identity.noticeTurns.wake(event.tenantId).catch(() => undefined);
    });
  }

  /** Ends once what is under way is done. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearInterval(this.#timer);
    this.#stop();
    await Promise.all(this.#turns);
  }

  async #take(): Promise<void> {
    const room = MOST_AT_ONCE - this.#turns.size;
    if (this.#taking || this.#closed || room < 1) return;
    this.#taking = true;
    try {
      for (const tenantId of await this.#db.identity.noticeTurns.take(room, HOLD_SECONDS)) {
        const turn = this.#turn(tenantId).catch(() => this.#log({ level: "error", event: "notices.failed" }));
        this.#turns.add(turn);
        void turn.finally(() => this.#turns.delete(turn));
      }
    } catch {
      // The database is away; the next tick asks again.
    } finally {
      this.#taking = false;
    }
  }

  async #turn(tenantId: string): Promise<void> {
    const environments = await this.#db.withTenant(tenantId, (tx) => environmentsWithChannels(tx, tenantId));
    if (environments.length === 0) return this.#db.identity.noticeTurns.remove(tenantId);
    const until = performance.now() + TURN_MS;
    let left = MOST_TRIES_A_TURN;
    for (const environmentId of environments) {
      const scope = { tenantId, environmentId };
      await this.#look(scope);
      left -= await this.#deliver(scope, { most: left, until });
    }
    await this.#db.identity.noticeTurns.giveBack(tenantId, left > 0 ? EACH_SECONDS : 0);
  }

  async #look(scope: Scope): Promise<void> {
    const now = Math.floor(Date.now() / 1000);
    await this.#db.withTenant(scope.tenantId, async (tx) => {
      await sweepNotices(tx, scope, new Date(now * 1000));
      const found = await findNotices(tx, scope, { now, since: this.#since });
      if (found.length > 0) await writeNotices(tx, scope, found, { origin: this.#settings.origin, now });
    });
  }

  /** @returns how many were tried */
  async #deliver(scope: Scope, { most, until }: { most: number; until: number }): Promise<number> {
    const { tenantId } = scope;
    const due = await this.#db.withTenant(tenantId, (tx) => dueDeliveries(tx, scope, new Date(), most));
    let tried = 0;
    for (const each of due) {
      if (performance.now() > until || this.#closed) break;
      const outcome = await tryDelivery(each, { settings: this.#settings, key: this.#key }, new Date());
      const { noticeId, channelId } = each.delivery;
      await this.#db.withTenant(tenantId, (tx) => recordTry(tx, scope, { noticeId, channelId, ...outcome }));
      tried += 1;
    }
    return tried;
  }
}
