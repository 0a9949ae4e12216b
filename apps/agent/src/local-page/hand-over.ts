import { createHash } from "node:crypto";
import type { IssuedFile } from "../admin/answers.ts";
import type { Clock } from "../self-check/clock.ts";

const KEPT_MS = 600_000;
/** Most approvals whose files are kept at a time. */
const MOST = 100;

/** A new client's files by the hash of the command that enrolled it. */
export type FilesByCommand = ReadonlyMap<string, readonly IssuedFile[]>;

/**
 * A new client's files, for the page whose approval made them, and again within ten minutes for whoever has the secret
 * whose hash that call carried. They are in memory only, and gone after that.
 */
export class HandOver {
  readonly #clock: Clock;
  readonly #kept = new Map<string, { readonly until: number; readonly files: FilesByCommand }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Keeps files under the hash of the page's 256-bit secret, base64url. */
  keep(secretHash: string, files: FilesByCommand): void {
    this.#sweep();
    if (files.size === 0) return;
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= MOST && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(secretHash, { until: this.#clock.monotonic() + KEPT_MS, files });
    setTimeout(() => this.#sweep(), KEPT_MS + 1_000).unref();
  }

  /** Forgets all of them: sealing drops everything. */
  clear(): void {
    this.#kept.clear();
  }

  /** Whether files are kept under the hash of a secret. */
  has(secretHash: string): boolean {
    this.#sweep();
    return this.#kept.has(secretHash);
  }

  /** The files again; null for a secret that is unknown or too old. @param secret - 32 bytes. */
  find(secret: Uint8Array): FilesByCommand | null {
    this.#sweep();
    return this.#kept.get(createHash("sha256").update(secret).digest("base64url"))?.files ?? null;
  }

  #sweep(): void {
    const now = this.#clock.monotonic();
    for (const [hash, { until }] of this.#kept) if (until <= now) this.#kept.delete(hash);
  }
}
