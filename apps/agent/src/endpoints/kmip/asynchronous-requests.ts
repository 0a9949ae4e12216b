import { randomBytes } from "@holdfast/crypto";
import { ENUM, type OperationName, type ResponseItem } from "@holdfast/kmip";
import type { ServedDomain } from "../served-agent.ts";
import { refuse } from "./refused.ts";

/** What is carried out later: it never throws, its answer says what went wrong. */
export interface LaterWork {
  readonly operation: OperationName;
  run(): ResponseItem | Promise<ResponseItem>;
  /** Wipes what the answer holds: once it is sent, or when nobody asked for it. */
  wipe(): void;
}

/** How far a request is, as its client may see it. @see KMIP 2.1 section 6.1.39 */
export interface RequestProgress {
  readonly asynchronousCorrelationValue: Uint8Array;
  readonly operation: number;
  readonly submissionDate: number;
  readonly processingStage: number;
}

interface Kept {
  readonly clientId: string;
  readonly work: LaterWork;
  readonly submitted: number;
  answer: ResponseItem | null;
  running: boolean;
  timer: NodeJS.Timeout;
}

const CORRELATION_BYTES = 16;
/** Requests of one client that may be under way, or done and not asked for. */
export const MAX_REQUESTS = 64;
/** What is not asked for is begun after this: until then it can be cancelled. */
const BEGIN_MS = 250;
/** An answer that nobody asks for is wiped after this. */
const KEEP_MS = 300_000;

const { Canceled, Completed, UnableToCancel, Unavailable } = ENUM.CancellationResult;

/**
 * The requests of a domain's clients that are answered later, by correlation value, in memory only.
 *
 * A correlation value belongs to the client that was given it, whatever connection it comes back on; for every other
 * client there is no such value.
 *
 * @see KMIP 2.1 section 9.3 (Asynchronous Operations)
 */
export class AsynchronousRequests {
  readonly #kept = new Map<string, Kept>();

  /** Takes a request. @returns its correlation value @throws KmipRefusedError when the client has too many */
  submit(clientId: string, work: LaterWork, now: number): Buffer {
    let own = 0;
    for (const kept of this.#kept.values()) if (kept.clientId === clientId) own += 1;
    if (own >= MAX_REQUESTS) refuse("ServerLimitExceeded", "The client has too many requests under way.");
    const value = randomBytes(CORRELATION_BYTES);
    const name = value.toString("hex");
    const timer = setTimeout(() => this.#begin(name), BEGIN_MS).unref();
    this.#kept.set(name, { clientId, work, submitted: now, answer: null, running: false, timer });
    return value;
  }

  /**
   * Begins a request where it has not begun, and gives its answer where it is done: once, it is forgotten then.
   *
   * @returns Null while it is under way.
   * @throws KmipRefusedError when there is no such request of this client
   */
  take(clientId: string, value: Uint8Array): { readonly answer: ResponseItem; readonly work: LaterWork } | null {
    const name = nameOf(value);
    const kept = this.#of(clientId, name);
    if (kept === undefined) refuse("InvalidAsynchronousCorrelationValue", "No request of this client is under way.");
    this.#begin(name);
    if (kept.answer === null) return null;
    clearTimeout(kept.timer);
    this.#kept.delete(name);
    return { answer: kept.answer, work: kept.work };
  }

  /** Cancels a request that has not begun. @returns a value of `ENUM.CancellationResult` */
  cancel(clientId: string, value: Uint8Array): number {
    const name = nameOf(value);
    const kept = this.#of(clientId, name);
    if (kept === undefined) return Unavailable;
    if (kept.answer !== null) return Completed;
    if (kept.running) return UnableToCancel;
    this.#forget(name, kept);
    return Canceled;
  }

  /** The requests of a client, oldest first. */
  list(clientId: string): RequestProgress[] {
    return [...this.#kept]
      .filter(([, kept]) => kept.clientId === clientId)
      .map(([name, { work, submitted, answer, running }]) => ({
        asynchronousCorrelationValue: Buffer.from(name, "hex"),
        operation: ENUM.Operation[work.operation],
        submissionDate: submitted,
        processingStage: ENUM.ProcessingStage[answer !== null ? "Completed" : running ? "InProcess" : "Submitted"],
      }));
  }

  #of(clientId: string, name: string): Kept | undefined {
    const kept = this.#kept.get(name);
    return kept?.clientId === clientId ? kept : undefined;
  }

  #begin(name: string): void {
    const kept = this.#kept.get(name);
    if (kept === undefined || kept.running || kept.answer !== null) return;
    clearTimeout(kept.timer);
    kept.running = true;
    const answered = kept.work.run();
    if (!(answered instanceof Promise)) this.#done(name, kept, answered);
    else void answered.then((answer) => this.#done(name, kept, answer));
  }

  #done(name: string, kept: Kept, answer: ResponseItem): void {
    kept.answer = answer;
    kept.timer = setTimeout(() => this.#forget(name, kept), KEEP_MS).unref();
  }

  #forget(name: string, kept: Kept): void {
    clearTimeout(kept.timer);
    this.#kept.delete(name);
    kept.work.wipe();
  }
}

function nameOf(value: Uint8Array): string {
  return Buffer.from(value).toString("hex");
}

const byDomain = new WeakMap<object, AsynchronousRequests>();

/** The requests of a domain that are answered later; they end with it. */
export function asynchronousRequestsOf({ operations }: Pick<ServedDomain, "operations">): AsynchronousRequests {
  const known = byDomain.get(operations) ?? new AsynchronousRequests();
  byDomain.set(operations, known);
  return known;
}
