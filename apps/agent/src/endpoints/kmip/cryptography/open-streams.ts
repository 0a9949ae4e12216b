import { randomBytes } from "@holdfast/crypto";
import type { Caller } from "../../../operations/caller.ts";
import type { ServedDomain } from "../../served-agent.ts";
import { refuse } from "../refused.ts";

/** An operation whose data comes in several requests. */
export interface OpenStream<Payload = never, Part = unknown, End = unknown> {
  /** Which object, as the client knows it; null for an operation without one. */
  readonly identifier: string | null;
  /** Whether what comes in is held in memory until the end. */
  readonly holds: boolean;
  part(caller: Caller, payload: Payload): Part;
  end(caller: Caller, payload: Payload): End;
}

interface Kept {
  readonly clientId: string;
  readonly operation: string;
  readonly stream: OpenStream;
  heldBytes: number;
  usedAt: number;
}

const CORRELATION_BYTES = 16;
/** Operations in parts that one client may have open. */
export const MAX_STREAMS = 64;
/** What one client's operations in parts may hold in memory, all together. */
export const MAX_HELD_BYTES = 64 * 1024 * 1024;
/** What those of all clients may hold. */
const MAX_HELD_IN_ALL = 512 * 1024 * 1024;
/** An operation whose next part does not come within this is forgotten. */
export const IDLE_MS = 300_000;

/**
 * The operations in parts of one domain, by correlation value.
 *
 * A correlation value belongs to the client that was given it, whatever connection it comes back on; for every other
 * client there is no such value. Each stream serves one request at a time, and one that failed is gone.
 */
export class OpenStreams {
  readonly #now: () => number;
  readonly #kept = new Map<string, Kept>();

  /** @param now - Milliseconds that only grow. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** How many are open. */
  get size(): number {
    return this.#kept.size;
  }

  /**
   * Keeps an operation for its next part.
   *
   * @returns its correlation value
   * @throws KmipRefusedError when the client has too many
   */
  open(clientId: string, operation: string, stream: OpenStream): Buffer {
    this.#forgetIdle();
    let own = 0;
    for (const kept of this.#kept.values()) if (kept.clientId === clientId) own += 1;
    if (own >= MAX_STREAMS) refuse("ServerLimitExceeded", "The client has too many operations in parts open.");
    const correlation = randomBytes(CORRELATION_BYTES);
    this.#kept.set(correlation.toString("hex"), { clientId, operation, stream, heldBytes: 0, usedAt: this.#now() });
    return correlation;
  }

  /**
   * Serves the next part of an operation.
   *
   * @param bytes - How much comes with it.
   * @param last - Whether the operation ends with it.
   * @throws KmipRefusedError when there is no such operation of this client; and what the work throws
   */
  serve<T>(
    {
      clientId,
      operation,
      correlation,
      bytes,
      last,
    }: {
      readonly clientId: string;
      readonly operation: string;
      readonly correlation: Uint8Array;
      readonly bytes: number;
      readonly last: boolean;
    },
    work: (stream: OpenStream) => T,
  ): T {
    this.#forgetIdle();
    const name = Buffer.from(correlation).toString("hex");
    const kept = this.#kept.get(name);
    if (kept === undefined || kept.clientId !== clientId || kept.operation !== operation)
      refuse("InvalidCorrelationValue", "No operation in parts has this Correlation Value.");
    this.#kept.delete(name);
    if (kept.stream.holds) this.#hold(kept, bytes);
    const result = work(kept.stream);
    if (!last) {
      kept.usedAt = this.#now();
      this.#kept.set(name, kept); // behind all others: the first is always the one that waits longest
    }
    return result;
  }

  #hold(kept: Kept, bytes: number): void {
    let [own, all] = [kept.heldBytes + bytes, kept.heldBytes + bytes];
    for (const { clientId, heldBytes } of this.#kept.values()) {
      all += heldBytes;
      if (clientId === kept.clientId) own += heldBytes;
    }
    if (own > MAX_HELD_BYTES || all > MAX_HELD_IN_ALL)
      refuse("ServerLimitExceeded", "The operations in parts hold too much.");
    kept.heldBytes += bytes;
  }

  #forgetIdle(): void {
    const oldest = this.#now() - IDLE_MS;
    for (const [name, { usedAt }] of this.#kept) {
      if (usedAt >= oldest) return;
      this.#kept.delete(name);
    }
  }
}

const byDomain = new WeakMap<object, OpenStreams>();

/** The operations in parts of a domain; they end with it. */
export function streamsOf({ operations }: Pick<ServedDomain, "operations">): OpenStreams {
  const known = byDomain.get(operations) ?? new OpenStreams();
  byDomain.set(operations, known);
  return known;
}
