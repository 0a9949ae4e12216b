import { setTimeout as pause } from "node:timers/promises";
import { encodeEnvelope, findBase64url } from "@holdfast/protocol";
import type { Domain } from "../domain.ts";
import { type AgentRequest, answerRequest } from "./answer-request.ts";
import { CarriedApprovals } from "./carried-approvals.ts";
import { CommandReports } from "./command-reports.ts";
import { LinkError } from "./errors.ts";
import type { GatewayClient } from "./gateway-client.ts";
import { IntroductionUpload } from "./introduction-upload.ts";
import { LinkReports } from "./link-reports.ts";
import { uploadLog } from "./log-upload.ts";

/** What of it is told at once when it changes, and all the rest with each poll. */
export interface LinkedStatus {
  readonly locked: boolean;
  readonly recovering: boolean;
  readonly conditions: readonly object[];
  readonly unbacked: number;
  readonly backupAt: number | null;
  readonly backupFailing: string | null;
}

/** What one connection works with, for as long as the domain is open. */
export interface ConnectionParts {
  readonly domain: Domain;
  readonly client: GatewayClient;
  /** The control plane's witness, by its vkey. */
  readonly witness: string;
  /** Names this run of the program. */
  readonly run: string;
  /** What the agent says of itself with each poll; public facts only. */
  readonly status: () => LinkedStatus;
  readonly onAnswer: () => void;
  readonly onFault: (error: LinkError) => void;
}

const POLL_SECONDS = 25;
/** Between two polls and two uploads: a gateway that answers at once makes nobody busy. */
const LEAST_PAUSE_MS = 100;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** How often the head is shown anew though nothing was appended: a cosignature says when. */
const FRESH_MS = 60_000;
/** Reports and attestations that the control plane may ask for in an hour. */
const REQUESTS_PER_HOUR = 60;
const REMEMBERED = 2_000;
/** Changes of administrators and rules that one answer may bring. */
const MOST_LINKS = 8;
/** Decisions that one answer may bring. */
const MOST_APPROVALS = 20;
const HASH = /^[A-Za-z0-9_-]{43}$/;

/**
 * Keeps a linked agent in touch: one loop polls for proposals and requests, another uploads what the agent has to tell.
 * Both try again for ever, with growing pauses.
 */
export class Connection {
  readonly #parts: ConnectionParts;
  readonly #ending = new AbortController();
  readonly #reports = new CommandReports();
  readonly #carried = new CarriedApprovals();
  readonly #linkReports = new LinkReports();
  readonly #introductions = new IntroductionUpload();
  readonly #handled = new Set<string>();
  readonly #answered: number[] = [];
  readonly #loops: Promise<void>;
  #wake: (() => void) | null = null;
  #dirty = true;
  /** What was said last of {@link LinkedStatus}. */
  #said = "";
  #requests: Promise<void> = Promise.resolve();

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    const { domain } = parts;
    domain.log.onAppend(() => this.#poke());
    const stop = domain.admission.onChange((hash) => {
      this.#reports.note(hash);
      this.#poke();
    });
    this.#ending.signal.addEventListener("abort", stop);
    const { signal } = this.#ending;
    const visit = async () => void (await uploadLog(domain, parts.client, signal));
    signal.addEventListener("abort", domain.witnesses.linked(parts.witness, visit));
    const fresh = setInterval(() => this.#poke(), FRESH_MS).unref();
    signal.addEventListener("abort", () => clearInterval(fresh));
    const stopLinks = domain.links.onChange((hash) => {
      this.#linkReports.note(hash);
      this.#poke();
    });
    this.#ending.signal.addEventListener("abort", stopLinks);
    for (const { hash } of domain.links.pending()) this.#linkReports.note(hash);
    this.#ending.signal.addEventListener(
      "abort",
      domain.introductions.onChange(() => this.#poke()),
    );
    for (const { hash } of domain.admission.pending()) this.#reports.note(hash);
    this.#loops = Promise.all([this.#forEver(() => this.#poll()), this.#forEver(() => this.#upload())]).then(
      () => undefined,
    );
  }

  /** Ends both loops; open requests are given up. */
  async close(): Promise<void> {
    this.#ending.abort();
    this.#poke();
    await Promise.all([this.#loops, this.#requests]);
  }

  /** Repeats a step for ever; after a failure it waits longer each time, with jitter. */
  async #forEver(step: () => Promise<void>): Promise<void> {
    const { signal } = this.#ending;
    let failures = 0;
    while (!signal.aborted) {
      try {
        await step();
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        this.#note(error);
        failures += 1;
        const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 10));
        await pause(longest * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #poll(): Promise<void> {
    const { domain, client, status, onAnswer } = this.#parts;
    const waiting = [...domain.admission.pending(), ...domain.links.pending()].map(({ hash }) => hash);
    const known = [...new Set([...waiting, ...this.#handled])].slice(-REMEMBERED);
    const { signal } = this.#ending;
    const said = status();
    this.#said = urgent(said);
    const body = { wait: POLL_SECONDS, status: said, known, run: this.#parts.run };
    const answer = await client.post<Record<string, unknown>>("/v1/poll", body, {
      signal,
      waitMs: POLL_SECONDS * 1000,
    });
    onAnswer();
    await pause(LEAST_PAUSE_MS, undefined, { signal }).catch(() => undefined);
    for (const command of listOf(answer.commands)) await this.#propose(command);
    for (const approval of listOf(answer.approvals).slice(0, MOST_APPROVALS)) await this.#takeApproval(approval);
    for (const link of listOf(answer.links).slice(0, MOST_LINKS)) await this.#takeLink(link);
    for (const request of listOf(answer.requests)) this.#take(request);
  }

  /** A proposal of the dashboard is bytes and nothing more: admission reads and judges it like any other. */
  async #propose(command: Record<string, unknown>): Promise<void> {
    const { hash, doc } = command;
    if (typeof hash !== "string" || typeof doc !== "string" || hash.length !== 43) return;
    this.#remember(hash);
    const { admission } = this.#parts.domain;
    if (admission.find(hash) !== null) {
      this.#reports.note(hash);
      return this.#poke();
    }
    const decided = await proposeTo(admission, doc);
    if (decided.outcome === "refused") this.#reports.noteRefused({ hash, code: decided.code ?? "E_SCHEMA" });
    else this.#reports.note(decided.hash);
    this.#poke();
  }

  /** A decision made elsewhere than at this agent's page: admission says what it counts for. */
  async #takeApproval(approval: Record<string, unknown>): Promise<void> {
    const taken = await this.#carried.take(this.#parts.domain, approval);
    if (taken === null) return;
    const { kind, hash } = taken;
    if (hash !== "") this.#remember(hash);
    if (kind === "command") this.#reports.note(hash);
    else if (hash !== "") this.#linkReports.note(hash);
    this.#poke();
  }

  /** A change of administrators and rules, whoever says that it is one: the agent judges it like one from a file. */
  async #takeLink({ hash, envelope }: Record<string, unknown>): Promise<void> {
    if (typeof hash !== "string" || !HASH.test(hash) || typeof envelope !== "string") return;
    this.#remember(hash);
    const { links } = this.#parts.domain;
    const decided = await links.deliver(findBase64url(envelope) ?? new Uint8Array(), "mailbox");
    const isKnown = links.find(hash) !== null;
    if (!isKnown && decided.outcome === "refused") this.#linkReports.noteRefused(hash, decided.code ?? "E_SCHEMA");
    else this.#linkReports.note(hash);
    this.#poke();
  }

  #take(request: Record<string, unknown>): void {
    const { id, kind, parameters } = request;
    if (typeof id !== "string" || (kind !== "report" && kind !== "attestation")) return;
    const given = (
      typeof parameters === "object" && parameters !== null ? parameters : {}
    ) as AgentRequest["parameters"];
    const now = Date.now();
    while (this.#answered[0] !== undefined && now - this.#answered[0] > 3_600_000) this.#answered.shift();
    if (this.#answered.length >= REQUESTS_PER_HOUR) return;
    this.#answered.push(now);
    const { domain, client } = this.#parts;
    this.#requests = this.#requests
      .then(() =>
        this.#ending.signal.aborted ? undefined : answerRequest({ id, kind, parameters: given }, domain, client),
      )
      .catch((error) => this.#note(error));
  }

  async #upload(): Promise<void> {
    const { domain, client } = this.#parts;
    const { signal } = this.#ending;
    while (this.#dirty && !signal.aborted) {
      this.#dirty = false;
      try {
        if (!(await uploadLog(domain, client, signal))) this.#dirty = true;
        this.#parts.onAnswer();
        await this.#tellStatus();
        await this.#reports.send(domain, client, signal);
        await this.#carried.send(client, signal);
        await this.#linkReports.send(domain, client, signal);
        await this.#introductions.send(domain, client, signal);
        await pause(LEAST_PAUSE_MS, undefined, { signal }).catch(() => undefined);
      } catch (error) {
        this.#dirty = true;
        throw error;
      }
    }
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (this.#dirty) resolve();
    });
    this.#wake = null;
  }

  /** What people look for, such as a lock that they approved, does not wait for the next poll. */
  async #tellStatus(): Promise<void> {
    const { client, status } = this.#parts;
    const now = status();
    if (this.#said === "" || this.#said === urgent(now)) return;
    this.#said = urgent(now);
    // One that is too old to know the path hears of it with the next poll.
    await client.ask("/v1/status", { status: now }, { signal: this.#ending.signal });
  }

  #poke(): void {
    this.#dirty = true;
    this.#wake?.();
  }

  #remember(hash: string): void {
    this.#handled.delete(hash);
    this.#handled.add(hash);
    const [oldest] = this.#handled;
    if (this.#handled.size > REMEMBERED && oldest !== undefined) this.#handled.delete(oldest);
  }

  #note(error: unknown): void {
    const known = error instanceof LinkError ? error : null;
    if (known) this.#parts.onFault(known);
    this.#parts.domain.logger.warn("link.failed", { code: known?.code ?? "E_INTERNAL", ...known?.detail });
  }
}

function urgent({ locked, recovering, conditions, unbacked, backupAt, backupFailing }: LinkedStatus): string {
  return JSON.stringify([locked, recovering, conditions, unbacked, backupAt, backupFailing]);
}

async function proposeTo(admission: Domain["admission"], doc: string) {
  let envelope: Uint8Array;
  try {
    envelope = encodeEnvelope({ typ: "env", ver: 1, doc, approvals: [] });
  } catch {
    return { hash: "", outcome: "refused", code: "E_SCHEMA" } as const;
  }
  return admission.deliver(envelope, "mailbox");
}

/** At most 200 objects of a list that the other side sent; anything else is none. */
function listOf(value: unknown): Record<string, unknown>[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, 200).filter((each) => typeof each === "object" && each !== null && !Array.isArray(each));
}
