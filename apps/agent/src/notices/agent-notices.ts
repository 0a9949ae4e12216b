import { randomUUID } from "node:crypto";
import {
  ANY_RECEIVER,
  cutItems,
  encodeNotice,
  findReceiverUrl,
  type Notice,
  NoticeError,
  type NoticeItem,
  type NoticeKind,
  nextTryAfter,
  noticeText,
  postWebhook,
  sendMail,
} from "@holdfast/notices";
import type { Agent } from "../agent.ts";
import type { ControlLink } from "../control-link/control-link.ts";
import { findDecided } from "./find-decided.ts";
import { type Finding, findNotices } from "./find-notices.ts";
import { type Delivery, NoticeBox } from "./notice-box.ts";
import { type NoticeConfig, readNoticeConfig, removeNoticeConfig, writeNoticeConfig } from "./notice-config.ts";

const LOOK_MS = 15_000;
/** What changes is looked at a moment later, together with what changes meanwhile. */
const SOON_MS = 250;
/** Ends are looked for less often: they are told by days, and there may be many keys. */
const ENDS_SECONDS = 600;
const DAY = 86_400;
/** Of one kind; more is a fault or an attack, and says so once. What anybody can cause spends no other kind's. */
export const MOST_A_DAY = 200;
/** So many notices of proposals within minutes; then they are collected. */
const MOST_PROPOSALS = 3;
const COLLECT_SECONDS = 600;
/** Proposals that nobody signed. */
const UNSIGNED = "approvals.waiting unsigned";
/** So many tries in one turn. */
const MOST_AT_ONCE = 20;

/** What notices work on. */
export interface NoticeParts {
  readonly agent: Agent;
  readonly link: ControlLink;
}

/**
 * Tells what this key server finds to the receivers that its host's administrator named. Nobody else is asked: a control
 * plane that is silent, gone or hostile keeps none of it back.
 */
export class AgentNotices {
  readonly #parts: NoticeParts;
  readonly #box: NoticeBox;
  readonly #since: number;
  readonly #timer: NodeJS.Timeout;
  readonly #forget: () => void;
  #forgetDomain: () => void = () => undefined;
  #config: NoticeConfig;
  #turn: Promise<void> | null = null;
  #soon: NodeJS.Timeout | null = null;
  #endsAt = 0;
  #sealedSince: number | null = null;
  #closed = false;

  constructor(parts: NoticeParts) {
    const { agent } = parts;
    this.#parts = parts;
    this.#box = new NoticeBox(agent.dataDirectory);
    this.#config = readNoticeConfig(agent.dataDirectory);
    this.#since = agent.clock.now();
    this.#timer = setInterval(() => void this.look(), LOOK_MS).unref();
    this.#forget = agent.onDomain((domain) => {
      this.#forgetDomain();
      const forget = [domain?.admission, domain?.links].map((each) => each?.onChange(() => this.#lookSoon()));
      this.#forgetDomain = () => {
        for (const each of forget) each?.();
      };
    });
  }

  get config(): NoticeConfig {
    return this.#config;
  }

  /** Newest first. */
  last(most = 50): readonly Delivery[] {
    return this.#box.last(most);
  }

  /** Takes other receivers from now on; null takes none. */
  configure(config: NoticeConfig | null): void {
    const { agent } = this.#parts;
    if (config === null) removeNoticeConfig(agent.dataDirectory);
    else writeNoticeConfig(agent.dataDirectory, config);
    this.#config = readNoticeConfig(agent.dataDirectory);
    this.#endsAt = 0;
    agent.logger.warn("notices.changed", { webhook: this.#config.webhook !== null, mail: this.#config.mail !== null });
    void this.look();
  }

  /** Sends a test to every receiver, and tells how each went. */
  async test(): Promise<readonly Delivery[]> {
    const notice = this.#write("notices.test", [], []);
    await this.look();
    return this.#box.last(this.#receivers().length).filter((delivery) => delivery.notice.id === notice.id);
  }

  /** Looks for what is to be told and delivers what is due. One look at a time; one that is asked for meanwhile follows. */
  async look(): Promise<void> {
    await this.#turn;
    if (this.#closed) return;
    this.#turn ??= this.#lookOnce()
      .catch(() => this.#parts.agent.logger.error("notices.failed"))
      .finally(() => {
        this.#turn = null;
      });
    await this.#turn;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    if (this.#soon) clearTimeout(this.#soon);
    this.#forgetDomain();
    this.#forget();
    await this.#turn;
  }

  #lookSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = null;
      void this.look();
    }, SOON_MS).unref();
  }

  async #lookOnce(): Promise<void> {
    if (this.#receivers().length === 0) return;
    this.#tell();
    try {
      this.#tellDecided();
    } catch {
      this.#parts.agent.logger.error("notices.log-unread"); // a store that gives no log keeps nothing else from being told
    }
    for (const delivery of this.#box.due(this.#now()).slice(0, MOST_AT_ONCE)) {
      if (this.#closed) return;
      await this.#try(delivery);
    }
  }

  #tell(): void {
    const { agent, link } = this.#parts;
    const now = this.#now();
    const ends = now - this.#endsAt >= ENDS_SECONDS;
    if (ends && agent.domain !== null) this.#endsAt = now;
    this.#sealedSince = agent.sealed ? (this.#sealedSince ?? now) : null;
    const look = { now, since: this.#since, sealedSince: this.#sealedSince, ends };
    const found = findNotices({ agent, link: link.status(), ...look });
    const fresh = found.filter((finding) => !this.#wasTold(finding));
    for (const budget of new Set(fresh.map(budgetOf))) {
      const [first, ...rest] = fresh.filter((finding) => budgetOf(finding) === budget);
      if (first === undefined || this.#collects(first, budget, now)) continue;
      const findings = [first, ...rest];
      if (this.#isSpent(budget)) continue;
      const summed = budget === UNSIGNED && findings.length > MOST_PROPOSALS;
      const items = summed ? sumUp(findings) : findings.map(({ item }) => this.#shown(item));
      this.#write(first.kind, items, findings.map(summed ? summedMark : markOf), budget);
    }
  }

  /** What the log has since the last look. Beyond the day's budget it is told as soon as there is room. */
  #tellDecided(): void {
    const { domain } = this.#parts.agent;
    if (domain === null || domain.problem !== null) return;
    const from = this.#box.logRead;
    if (from === null || from > domain.log.size) {
      this.#box.readLog(domain.log.size);
      return;
    }
    const { findings, next } = findDecided(domain, from);
    const fresh = findings.filter((finding) => !this.#box.wasTold(markOf(finding)));
    if (fresh.length > 0) {
      if (this.#isSpent("changes.decided")) return;
      this.#write(
        "changes.decided",
        fresh.map(({ item }) => this.#shown(item)),
        fresh.map(markOf),
      );
    }
    this.#box.readLog(next);
  }

  /** Whether a budget has no room; says so once a day. */
  #isSpent(budget: string): boolean {
    const now = this.#now();
    if (this.#box.countSince(now - DAY, budget) < MOST_A_DAY) return false;
    const limited = `notices.limited ${budget} ${Math.floor(now / DAY)}`;
    if (!this.#box.wasTold(limited)) this.#write("notices.limited", [], [limited]);
    return true;
  }

  #wasTold(finding: Finding): boolean {
    return this.#box.wasTold(markOf(finding)) || (finding.unsigned === true && this.#box.wasTold(summedMark(finding)));
  }

  #collects({ kind }: Finding, budget: string, now: number): boolean {
    return kind === "approvals.waiting" && this.#box.countSince(now - COLLECT_SECONDS, budget) >= MOST_PROPOSALS;
  }

  #write(kind: NoticeKind, items: readonly NoticeItem[], marks: readonly string[], budget: string = kind): Notice {
    const { agent } = this.#parts;
    const { tid } = agent;
    const source = {
      by: "key-server" as const,
      aid: agent.identity.aid,
      ...(tid === null ? {} : { tid }),
      name: agent.name,
    };
    const link = agent.pageOrigin === null ? {} : { link: agent.pageOrigin };
    const notice = { id: randomUUID(), kind, at: this.#now(), source, ...cutItems(items), ...link };
    this.#box.put(notice, marks, this.#receivers(), budget);
    return notice;
  }

  #shown(item: NoticeItem): NoticeItem {
    if (this.#config.names || !["key", "client"].includes(item.kind)) return item;
    const { name: _, ...rest } = item;
    return rest;
  }

  #receivers(): string[] {
    const { webhook, mail } = this.#config;
    return [...(webhook === null ? [] : ["webhook"]), ...(mail?.to ?? [])];
  }

  async #try(delivery: Delivery): Promise<void> {
    const tries = delivery.tries + 1;
    const triedAt = this.#now();
    try {
      await this.#send(delivery, triedAt);
      this.#box.record(delivery, { state: "delivered", tries, triedAt, code: null });
    } catch (error) {
      if (!(error instanceof NoticeError)) throw error;
      const pause = error.retry === "never" ? null : nextTryAfter(tries);
      const next = pause === null ? { state: "dead" as const } : { nextAt: triedAt + pause };
      this.#box.record(delivery, { tries, triedAt, code: error.code, ...next });
      this.#parts.agent.logger.warn("notice.undelivered", { code: error.code, tries, kind: delivery.notice.kind });
    }
  }

  async #send({ notice, to }: Delivery, now: number): Promise<void> {
    const { webhook, mail, ca } = this.#config;
    if (to !== "webhook") {
      if (mail === null || !mail.to.includes(to)) throw new NoticeError("C_GONE");
      return sendMail({ id: notice.id, to, ...noticeText(notice) }, { ...mail.server, ca: ca ?? undefined });
    }
    const url = webhook === null ? null : findReceiverUrl(webhook.url, { loopbackHttp: true });
    if (webhook === null || url === null) throw new NoticeError("C_GONE");
    const { secret, previous } = webhook;
    const secrets = [secret, ...(previous !== null && previous.until > now ? [previous.secret] : [])];
    const target = { url, secrets, receivers: ANY_RECEIVER, ca: ca ?? undefined };
    await postWebhook({ id: notice.id, body: encodeNotice(notice) }, target, now);
  }

  #now(): number {
    return this.#parts.agent.clock.now();
  }
}

function markOf({ kind, subject }: Finding): string {
  return `${kind} ${subject}`;
}

/** A proposal that was only counted is told by itself when somebody signs it. */
function summedMark({ subject }: Finding): string {
  return `${UNSIGNED} ${subject}`;
}

function budgetOf({ kind, unsigned }: Finding): string {
  return unsigned === true ? UNSIGNED : kind;
}

/** One item for each act, with how many. */
function sumUp(findings: readonly Finding[]): NoticeItem[] {
  return [...Map.groupBy(findings, ({ item }) => item.act)].flatMap(([act, of]) => {
    const [first] = of;
    return first === undefined ? [] : [{ kind: "command", id: first.subject, act, count: of.length } as NoticeItem];
  });
}
