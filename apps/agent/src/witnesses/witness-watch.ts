import { setTimeout as pause } from "node:timers/promises";
import { formatAddCheckpoint, formatVkey, type NoteKey, parseNote, parseVkey } from "@holdfast/tlog";
import type { CosignedHead } from "../custody-log/checkpoint-writer.ts";
import type { LogIndex } from "../keystore/log-index.ts";
import type { RosterStore } from "../roster/roster-store.ts";
import { type Evidence, readEvidence } from "./evidence.ts";
import type { FoundNote } from "./found-note.ts";
import { type Decisions, isGivenUp } from "./is-given-up.ts";
import { type Judged, judgeNote, logKeysOf } from "./judge-note.ts";
import type { LostHeads } from "./lost-heads.ts";
import { keepAhead, type ReactParts, reactToAhead, reactToFork, reactToVouched } from "./react-to-head.ts";
import { Rests } from "./rests.ts";
import { faultOf, visitWitness } from "./visit-witness.ts";
import { WitnessClient } from "./witness-client.ts";
import { WitnessError } from "./witness-error.ts";
import { readWitnessMemory, type WitnessMemory, writeWitnessMemory } from "./witness-memory.ts";
import { readWitnessPlace, readWitnessPlaces, type WitnessPlace, writeWitnessPlaces } from "./witness-places.ts";
import { type DelayParts, WitnessedDelays } from "./witnessed-delays.ts";

/** What the watch works on. */
export interface WatchParts extends ReactParts, DelayParts {
  readonly tid: string;
  readonly index: Decisions["index"] & Pick<LogIndex, "learntFrom">;
  readonly rosters: Pick<RosterStore, "current" | "onChange">;
  /** Signed heads that the log is behind of; null unless that is all that is wrong with it. */
  readonly lost: LostHeads | null;
}

/** How one witness stands. */
export interface WitnessStatus {
  readonly name: string;
  readonly vkey: string;
  /** Where it answers; null for one that only the control plane speaks for. */
  readonly url: string | null;
  /** Whether administrators named it, so that reports count it. */
  readonly named: boolean;
  readonly cosignedAt: number | null;
  readonly cosignedSize: number | null;
  /** Whether it has owed a cosignature for longer than it should: an alarm. */
  readonly silent: boolean;
  /** Why the last visit came to nothing. */
  readonly fault: string | null;
  /** Whether it says itself that it is broken. */
  readonly broken: boolean;
  /** Whether it vouched for two histories. */
  readonly equivocated: boolean;
}

interface Tracked {
  readonly key: NoteKey;
  readonly vkey: string;
  url: string | null;
  named: boolean;
  /** Since when it owes a cosignature, monotonic milliseconds. */
  owedSince: number | null;
  silent: boolean;
  fault: string | null;
  broken: boolean;
  /** The size it is believed to have seen. */
  seen: number;
  visit: (() => Promise<void>) | null;
}

/** How long a witness may owe a cosignature before that is an alarm. */
export const SILENT_SECONDS = 120;
const EACH_MINUTE_MS = 60_000;
const MOST_SEEN = 1_000;
const LEAST_PAUSE_MS = 200;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/**
 * Shows every new head of the log to its witnesses, for as long as the domain is open, and looks at what they have seen.
 *
 * Nothing waits for a witness, and nothing that it says counts but signatures: of the domain's agents for what happened
 * to the log, its own for what it saw.
 */
export class WitnessWatch {
  readonly #parts: WatchParts;
  readonly #memory: WitnessMemory;
  readonly #delays: WitnessedDelays;
  readonly #tracked = new Map<string, Tracked>();
  readonly #ending = new AbortController();
  readonly #seen = new Set<string>();
  readonly #rests = new Rests();
  #equivocated: Set<string>;
  #places: WitnessPlace[];
  #timer: NodeJS.Timeout | null = null;
  /** A head ahead of a restored log that people have not accepted yet. */
  #ahead: { readonly size: number; readonly from: string } | null = null;

  constructor(parts: WatchParts) {
    this.#parts = parts;
    this.#places = readWitnessPlaces(parts.dataDirectory);
    this.#memory = readWitnessMemory(parts.dataDirectory);
    this.#delays = new WitnessedDelays(this.#memory, parts);
    this.#equivocated = new Set(
      readEvidence(parts.dataDirectory)
        .filter(({ code }) => code === "W_EQUIVOCATION")
        .map(({ from }) => from),
    );
    parts.log.onSigned(() => this.#owe());
    parts.rosters.onChange(() => this.#track());
    parts.log.onCosigned((cosigned) => this.#cosigned(cosigned));
  }

  /** Begins to visit; with a log that does not hold there is nothing to show. */
  start(): void {
    this.#track();
    if (this.#parts.problem !== null) return;
    this.#owe();
    this.#timer = setInterval(() => this.look(), 15_000).unref();
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#ending.abort();
    this.#rests.wake();
  }

  /** How each witness stands. */
  status(): WitnessStatus[] {
    return [...this.#tracked.values()].map(({ key, vkey, url, named, silent, fault, broken }) => {
      const last = this.#memory.cosigned.get(vkey);
      return {
        ...{ name: key.name, vkey, url, named, silent, fault, broken, equivocated: this.#equivocated.has(key.name) },
        ...{ cosignedAt: last?.at ?? null, cosignedSize: last?.size ?? null },
      };
    });
  }

  /** When any witness last cosigned, by its clock; null if never. */
  witnessedAt(): number | null {
    const times = [...this.#tracked.keys()].map((vkey) => this.#memory.cosigned.get(vkey)?.at ?? 0);
    const newest = Math.max(0, ...times);
    return newest === 0 ? null : newest;
  }

  /** A signed head that is ahead of a restored log, until people accept the loss; null without. */
  get ahead(): { readonly size: number; readonly from: string } | null {
    return this.#ahead;
  }

  evidence(): Evidence[] {
    return readEvidence(this.#parts.dataDirectory);
  }

  /** The keys that sign this log's heads, as a witness is told them. */
  logKeys(): string[] {
    const { tid, rosters } = this.#parts;
    return logKeysOf(tid, rosters.current().roster).map(formatVkey);
  }

  /** Adds a witness, or changes where one is. @throws {@link WitnessError} `E_WITNESS` */
  add(given: { readonly url: string; readonly vkey: string; readonly ca?: string | undefined }): WitnessPlace {
    const place = readWitnessPlace(given);
    const others = this.#places.filter(({ vkey }) => vkey !== place.vkey);
    if (others.some(({ name }) => name === place.name))
      throw new WitnessError("E_WITNESS", `There is another witness called ${place.name} already.`);
    this.#keepPlaces([...others, place]);
    return place;
  }

  /** Asks a witness of that name no more. @throws {@link WitnessError} `E_WITNESS` */
  remove(name: string): void {
    const others = this.#places.filter((place) => place.name !== name);
    if (others.length === this.#places.length)
      throw new WitnessError("E_WITNESS", `This host was told of no witness called ${name}.`);
    this.#keepPlaces(others);
  }

  /** While the agent is linked: how the control plane's witness is asked. @returns what ends that */
  linked(vkey: string, visit: () => Promise<void>): () => void {
    this.#track();
    const tracked = this.#tracked.get(vkey);
    if (tracked === undefined || this.#parts.problem !== null) return () => undefined;
    tracked.visit ??= visit;
    this.#owe();
    return () => {
      if (tracked.visit === visit) tracked.visit = null;
    };
  }

  /** Takes note of a head that was found elsewhere, and does what follows from it. */
  async notice({ note, from, as }: FoundNote): Promise<Judged> {
    const { tid, log, rosters, keystore } = this.#parts;
    const { roster } = rosters.current();
    const judged = await judgeNote(note, {
      ...{ tid, agents: logKeysOf(tid, roster), size: log.size },
      witnesses: [...this.#tracked.values()].map(({ key }) => key),
      headAt: (size) => log.headAt(size),
    });
    if (this.#ending.signal.aborted || isGivenUp(judged, this.#parts)) return judged;
    this.#parts.lost?.note(judged, from);
    if (judged.kind === "vouched") {
      const memory = this.#memory;
      for (const name of reactToVouched(judged, from, { ...this.#parts, memory })) this.#equivocated.add(name);
    } else if (judged.kind === "fork" && this.#isBefore(judged.size)) {
      keepAhead(judged, from, this.#parts);
    } else if (judged.kind === "fork") {
      if (reactToFork(judged, from, this.#parts)) this.#publish(judged.size);
    } else if (judged.kind === "ahead" && as === "head" && this.#parts.problem === null) {
      // A restored log is behind on purpose, until people have looked: restore.accept.
      if (keystore.domain().recovering) {
        keepAhead(judged, from, this.#parts);
        this.#ahead = { size: judged.size, from };
      } else reactToAhead(judged, from, this.#parts);
    }
    return judged;
  }

  /** Whether a head is of the history that a restored log, which has learnt of links since, was behind of all along. */
  #isBefore(size: number): boolean {
    const { index, keystore } = this.#parts;
    return keystore.domain().recovering && index.learntFrom !== null && size > index.learntFrom.n;
  }

  /** Looks who stays silent; every quarter of a minute by itself. */
  look(): void {
    const { clock, logger, refusals } = this.#parts;
    this.#track();
    for (const tracked of this.#tracked.values()) {
      const { owedSince, key, url } = tracked;
      const isSilent = owedSince !== null && clock.monotonic() - owedSince >= SILENT_SECONDS * 1000;
      if (isSilent && !tracked.silent) {
        refusals.count("W_UNAVAILABLE");
        const last = this.#memory.cosigned.get(tracked.vkey);
        logger.error("witness.silent", { code: "W_UNAVAILABLE", witness: key.name, url, since: last?.at ?? null });
      }
      tracked.silent = isSilent;
    }
  }

  /** Whether no witness's clock contradicts that a delay is over: {@link WitnessedDelays.isElapsed}. */
  confirmsElapsed(hash: string, dueSeconds: number): Promise<boolean> {
    return this.#delays.isElapsed(hash, dueSeconds, [...this.#tracked.values()]);
  }

  #cosigned({ key, time, size, note }: CosignedHead): void {
    const vkey = formatVkey(key);
    const tracked = this.#tracked.get(vkey);
    if (tracked === undefined) return;
    const { log, logger, dataDirectory } = this.#parts;
    const before = this.#memory.cosigned.get(vkey);
    if (time >= (before?.at ?? 0)) this.#memory.cosigned.set(vkey, { at: time, size, note });
    tracked.seen = Math.max(tracked.seen, size);
    tracked.fault = null;
    tracked.broken = false;
    if (size >= log.size) tracked.owedSince = null;
    if (tracked.silent) logger.info("witness.back", { witness: key.name });
    if (tracked.owedSince === null) tracked.silent = false;
    this.#delays.note(vkey, time);
    try {
      writeWitnessMemory(dataDirectory, this.#memory);
    } catch {
      logger.error("store.unwritten", { file: "witness-memory.json" });
    }
  }

  /** Brings who is tracked up to the roster and the host's list. */
  #track(): void {
    const { witnesses } = this.#parts.rosters.current().roster;
    const named = new Set(witnesses.map(({ vkey }) => vkey));
    const places = new Map(this.#places.map((place) => [place.vkey, place]));
    for (const vkey of this.#tracked.keys()) if (!named.has(vkey) && !places.has(vkey)) this.#tracked.delete(vkey);
    for (const vkey of new Set([...named, ...places.keys()])) {
      const place = places.get(vkey);
      const known = this.#tracked.get(vkey);
      if (known !== undefined && known.url === (place?.url ?? null)) {
        known.named = named.has(vkey);
        continue;
      }
      const tracked: Tracked = {
        ...{ key: parseVkey(vkey), vkey, url: place?.url ?? null, named: named.has(vkey) },
        ...{
          owedSince: null,
          silent: false,
          fault: null,
          broken: false,
          seen: this.#memory.cosigned.get(vkey)?.size ?? 0,
        },
        visit: place ? null : (known?.visit ?? null),
      };
      this.#tracked.set(vkey, tracked);
      if (place && this.#parts.problem === null) this.#keepVisiting(tracked, place);
    }
  }

  #keepPlaces(places: WitnessPlace[]): void {
    writeWitnessPlaces(this.#parts.dataDirectory, places);
    this.#places = places;
    this.#track();
    this.#owe();
  }

  /** Every witness that can be asked owes a cosignature of the newest head. */
  #owe(): void {
    const now = this.#parts.clock.monotonic();
    for (const tracked of this.#tracked.values()) if (tracked.visit !== null) tracked.owedSince ??= now;
    this.#rests.wake();
  }

  #keepVisiting(tracked: Tracked, place: WitnessPlace): void {
    const client = new WitnessClient(place);
    let under: Promise<void> | null = null;
    tracked.visit = () => {
      under ??= this.#visit(tracked, client).finally(() => {
        under = null;
      });
      return under;
    };
    void this.#visitForEver(tracked);
  }

  async #visitForEver(tracked: Tracked): Promise<void> {
    const { signal } = this.#ending;
    let failures = 0;
    while (!signal.aborted && this.#tracked.get(tracked.vkey) === tracked) {
      try {
        await tracked.visit?.();
        failures = 0;
        await pause(LEAST_PAUSE_MS, undefined, { ref: false });
        if (tracked.owedSince === null) await this.#rests.rest(EACH_MINUTE_MS);
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        tracked.fault = faultOf(error);
        tracked.broken = error instanceof WitnessError && error.isBroken;
        this.#parts.logger.warn("witness.failed", { witness: tracked.key.name, fault: tracked.fault });
        const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 10));
        await pause(longest * (0.5 + Math.random() / 2), undefined, { signal, ref: false }).catch(() => undefined);
      }
    }
  }

  #visit(tracked: Tracked, client: WitnessClient): Promise<void> {
    const { log, tid } = this.#parts;
    const { signal } = this.#ending;
    const { seen, key } = tracked;
    const notice = (found: FoundNote) => this.noticeOnce(found);
    return visitWitness(client, { log, tid, name: key.name, oldSize: seen, signal, notice });
  }

  /** The same for a note that is shown again and again: it does not change, and the log only grows. */
  async noticeOnce(found: FoundNote): Promise<void> {
    if (this.#seen.has(found.note)) return;
    const { kind } = await this.notice(found);
    if (kind !== "worthless" && kind !== "ahead" && this.#seen.size < MOST_SEEN) this.#seen.add(found.note);
  }

  /** Shows the witnesses what this agent holds of a size that another history has too: there the other copy finds it. */
  #publish(size: number): void {
    const { log } = this.#parts;
    const body = formatAddCheckpoint({ oldSize: size, proof: [], note: parseNote(log.noteAt(size)) });
    for (const place of this.#places)
      void new WitnessClient(place).addCheckpoint(body, this.#ending.signal).catch(() => undefined);
  }
}
