import type { TLSSocket } from "node:tls";
import type { KmipCounters } from "../metrics/kmip-counters.ts";
import type { Peer } from "../peer.ts";
import type { ServedAgent } from "../served-agent.ts";
import { AnswerQueue } from "./answer-queue.ts";
import { FrameReader } from "./frame-reader.ts";
import type { KmipAnswerer, KmipSession } from "./kmip-answerer.ts";
import type { KmipLimits } from "./limits.ts";
import { encodeRefusal, type KmipEnding, type KmipRefusal } from "./refusals.ts";
import { sessionOf } from "./session.ts";

/** What connections are served with. */
export interface ConnectionParts {
  readonly agent: ServedAgent;
  readonly answer: KmipAnswerer;
  readonly limits: KmipLimits;
  readonly counters: KmipCounters;
  /** Parts of messages held over all connections. */
  readonly underWay: { bytes: number };
  /** Answers held over all connections. */
  readonly answers: { bytes: number };
  /** Told of every fault of the answerer. */
  readonly fault: (cause: unknown) => void;
}

/**
 * One connection: requests in, answers out in the order of the requests.
 *
 * Requests are begun in order, up to `pipelined` at a time. When that many wait, or answers are not taken, nothing more is
 * read, so that a connection costs a bounded amount of memory whatever it sends. Answers that are there at once leave in
 * one write for all that was read at once.
 */
export class KmipConnection {
  readonly peer: Peer;
  readonly #socket: TLSSocket;
  readonly #parts: ConnectionParts;
  readonly #reader: FrameReader;
  readonly #answers: AnswerQueue;
  #session: KmipSession | null = null;
  #held = 0;
  #heldAnswers = 0;
  /** As of `performance.now()`; 0 when there is no such thing. */
  #messageSince = 0;
  #closingSince = 0;
  #usedAt = performance.now();

  /** @param used - Called whenever something arrives. */
  constructor(socket: TLSSocket, peer: Peer, parts: ConnectionParts, used: () => void) {
    this.peer = peer;
    this.#socket = socket;
    this.#parts = parts;
    this.#reader = new FrameReader(parts.limits.messageBytes);
    this.#answers = new AnswerQueue(socket, () => this.#pump());
    socket.on("data", (bytes: Buffer) => {
      if (this.#closingSince > 0) return;
      used();
      this.#usedAt = performance.now();
      this.#reader.take(bytes);
      this.#pump();
    });
    socket.on("error", () => socket.destroy()); // the other side went away
    socket.once("close", () => {
      this.#hold(0);
      this.#holdAnswers(0);
    });
  }

  /** Whether nothing is asked and nothing is on its way. */
  get idle(): boolean {
    return this.#closingSince === 0 && this.#reader.size === 0 && this.#answers.idle;
  }

  /** Ends what is over time. @param now - As of `performance.now()`. */
  look(now: number): void {
    const { limits } = this.#parts;
    const over = (since: number, limit: number): boolean => since > 0 && now - since > limit;
    if (over(this.#closingSince, limits.lingerMs)) this.#socket.destroy();
    else if (over(this.#answers.stalledSince, limits.stallMs)) this.drop("slow-reader");
    else if (over(this.#messageSince, limits.messageMs)) this.drop("slow-request");
    else if (this.peer.spki === null && over(this.#usedAt, limits.handshakeMs)) this.drop("slow-request");
    else if (this.idle && over(this.#usedAt, limits.idleMs)) this.end("idle");
  }

  /** Ends the connection at once. */
  drop(why: KmipEnding): void {
    this.#parts.counters.refuse(why);
    this.#socket.destroy();
  }

  /** Ends the connection in order: what was asked is answered, what comes is not read. */
  end(why?: KmipEnding): void {
    if (this.#closingSince > 0) return;
    if (why !== undefined) this.#parts.counters.refuse(why);
    this.#closingSince = performance.now();
    this.#messageSince = 0;
    this.#socket.resume();
    this.#pump();
  }

  /** Begins as many requests as may be under way, and sends what is answered. */
  #pump(): void {
    if (this.#socket.destroyed) return;
    if (this.#closingSince === 0) this.#begin();
    this.#answers.flush();
    this.#holdAnswers(this.#answers.held);
    if (this.#closingSince > 0) {
      if (this.#answers.waiting === 0) this.#socket.end();
    } else if (this.#hasRoom() === this.#socket.isPaused()) {
      if (this.#socket.isPaused()) this.#socket.resume();
      else this.#socket.pause();
    }
  }

  #begin(): void {
    while (this.#hasRoom()) {
      const message = this.#reader.next();
      if (message === null) {
        this.#judgeRest();
        return;
      }
      this.#ask(message);
      if (this.#closingSince > 0) return;
    }
    this.#messageSince = 0; // it is not the client that is waited for
    this.#hold(this.#reader.size);
  }

  /** Whether one more request may be begun. */
  #hasRoom(): boolean {
    const { pipelined, unsentBytes } = this.#parts.limits;
    return this.#answers.waiting < pipelined && this.#answers.unsent < unsentBytes;
  }

  /** What there is of a message that is not whole yet. */
  #judgeRest(): void {
    const { state, size } = this.#reader;
    if (size === 0) this.#messageSince = 0;
    else if (this.#messageSince === 0) this.#messageSince = performance.now();
    if (state === "not-kmip") this.end("not-kmip");
    else if (state === "too-large") this.#refuse("too-large", this.#reader.beginning);
    else if (!this.#hold(size)) this.#refuse("busy", this.#reader.beginning);
  }

  #ask(message: Buffer): void {
    this.#messageSince = 0;
    const { agent, answer, counters } = this.#parts;
    const begun = performance.now();
    const done = (bytes: Buffer): Buffer => {
      counters.request("ttlv", performance.now() - begun);
      if (!this.#holdAnswers(this.#heldAnswers + bytes.length)) this.drop("slow-reader");
      return bytes;
    };
    try {
      const session = sessionOf(agent, this.peer, { encoding: "ttlv", connection: this, last: this.#session });
      if (typeof session === "string") {
        this.#refuse(session, message);
        return;
      }
      this.#session = session;
      const answered = answer(message, session);
      if (answered instanceof Promise)
        this.#answers.wait(answered.then(done, (cause: unknown) => this.#faulted(cause, message)));
      else this.#answers.put(done(answered));
    } catch (cause) {
      this.#answers.put(this.#faulted(cause, message));
    }
  }

  /** Answers a message unread. Where no later message could be told from this one, or none is to be had, it is the last. */
  #refuse(refusal: KmipRefusal, message: Buffer): void {
    this.#parts.counters.refuse(refusal);
    this.#answers.put(this.#refusal(refusal, message));
    if (refusal !== "sealed" && refusal !== "no-domain") this.end();
  }

  #faulted(cause: unknown, message: Buffer): Buffer {
    this.#parts.fault(cause);
    this.#parts.counters.refuse("fault");
    return this.#refusal("fault", message);
  }

  #refusal(refusal: KmipRefusal, message: Buffer): Buffer {
    return encodeRefusal(refusal, "ttlv", message, Math.floor(Date.now() / 1000));
  }

  /** Counts what this connection holds of answers. @returns False when all of them hold too much. */
  #holdAnswers(bytes: number): boolean {
    const { answers, limits } = this.#parts;
    const more = this.#socket.destroyed ? -this.#heldAnswers : bytes - this.#heldAnswers;
    this.#heldAnswers += more;
    answers.bytes += more;
    return more <= 0 || answers.bytes <= limits.answersBytes;
  }

  /** Counts what this connection holds of unfinished messages. @returns False when all of them hold too much. */
  #hold(bytes: number): boolean {
    const { underWay, limits } = this.#parts;
    const more = bytes - this.#held;
    this.#held = bytes;
    underWay.bytes += more;
    return more <= 0 || underWay.bytes <= limits.underWayBytes;
  }
}
