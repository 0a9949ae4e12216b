import type { Keystore } from "../keystore/keystore.ts";
import type { KeyRecord } from "../keystore/records.ts";
import { sayingEffect } from "../lifecycle/change-attributes.ts";
import type { Executor } from "../lifecycle/executor.ts";
import { OperationError } from "./errors.ts";

/** A key's limit is given out in about this many durable blocks, so that the log has no entry for each use. */
const BLOCKS = 32;

/**
 * Keeps keys from protecting more than they may.
 *
 * What is given out is durable before it is used: a block at a time is taken off the record, and used up in memory. An
 * agent that is killed loses the rest of its block; it never gives anything twice.
 *
 * @see KMIP 2.1 section 4.64 (Usage Limits)
 */
export class UsageLimits {
  readonly #keystore: Keystore;
  readonly #executor: Pick<Executor, "perform" | "assertChanging">;
  readonly #unspent = new Map<string, number>();

  constructor(keystore: Keystore, executor: Pick<Executor, "perform" | "assertChanging">) {
    this.#keystore = keystore;
    this.#executor = executor;
  }

  /** What is given out of a key's limit in this process and not used. */
  unspent(keyId: string): number {
    return this.#unspent.get(keyId) ?? 0;
  }

  /** What a key may still protect, in its limit's unit; unbounded without one. */
  remaining({ limits, id }: KeyRecord): number {
    return limits === null ? Number.POSITIVE_INFINITY : limits.total - limits.spent + this.unspent(id);
  }

  /**
   * Takes what an operation is about to protect off the key's limit.
   *
   * @param bytes - How much is protected, for limits in bytes; others count one.
   * @throws {@link OperationError} `E_KEY_LIMIT` and then nothing is taken; {@link StoreError} `E_STORE`
   */
  take(key: KeyRecord, bytes: number): void {
    if (key.limits !== null) this.allocate(key, key.limits.unit === "byte" ? bytes : 1);
  }

  /** Takes an amount in the limit's own unit. @throws {@link OperationError} `E_KEY_LIMIT`; {@link StoreError} `E_STORE` */
  allocate(key: KeyRecord, amount: number): void {
    const { limits, id } = this.#keystore.findKey(key.id) ?? key;
    if (limits === null) return;
    const unspent = this.unspent(id);
    if (amount > unspent) {
      const remaining = limits.total - limits.spent;
      const short = amount - unspent;
      if (short > remaining) throw new OperationError("E_KEY_LIMIT", undefined, { keyId: id });
      const block = Math.min(remaining, Math.max(short, Math.ceil(limits.total / BLOCKS)));
      this.#spend(id, block);
      this.#unspent.set(id, unspent + block - amount);
    } else this.#unspent.set(id, unspent - amount);
  }

  /** Gives back what this process did not use, so that an orderly end loses nothing. */
  close(): void {
    for (const [id, amount] of this.#unspent) {
      if (amount > 0) this.#spend(id, -amount);
    }
    this.#unspent.clear();
  }

  #spend(id: string, amount: number): void {
    this.#executor.perform({
      touches: [id],
      prepare: () => {
        const before = this.#keystore.findKey(id);
        this.#executor.assertChanging(true);
        if (before === null || before.limits === null)
          throw new OperationError("E_KEY_LIMIT", undefined, { keyId: id });
        const limits = { ...before.limits, spent: before.limits.spent + amount };
        const reason = { kind: "key.attributes", actor: { kind: "agent" }, cause: { kind: "host" } } as const;
        const said = sayingEffect(before, { limits });
        const effect = { ...said, data: { ...said.data, spent: limits.spent } };
        return { writes: [{ effect, reason }], result: () => undefined };
      },
    });
  }
}
