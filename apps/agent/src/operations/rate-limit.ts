import { OperationError } from "./errors.ts";

/** How often something may be asked. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/** Bounds how often each of many clients may ask for something that costs the store a write. */
export class RateLimit {
  readonly #rate: Rate;
  readonly #now: () => number;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  /** @param now - Milliseconds that only grow. */
  constructor(rate: Rate, now: () => number = () => performance.now()) {
    this.#rate = rate;
    this.#now = now;
  }

  /** Takes one. @throws {@link OperationError} `E_RATE` */
  take(id: string): void {
    const { perSecond, burst } = this.#rate;
    const now = this.#now();
    const bucket = this.#buckets.get(id) ?? { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    this.#buckets.set(id, bucket);
    if (bucket.tokens < 1) throw new OperationError("E_RATE", undefined, { perSecond });
    bucket.tokens -= 1;
  }
}
