import { GatewayError } from "../gateway-error.ts";

const MOST_A_MINUTE = 1_200;
const WINDOW_MS = 60_000;

/** Counts requests by agent within a minute, before any signature is verified. */
export class RateLimit {
  readonly #counts = new Map<string, number>();
  #since = performance.now();

  /** @throws {@link GatewayError} `E_RATE` */
  count(aid: string): void {
    if (performance.now() - this.#since > WINDOW_MS) {
      this.#counts.clear();
      this.#since = performance.now();
    }
    const count = (this.#counts.get(aid) ?? 0) + 1;
    this.#counts.set(aid, count);
    if (count > MOST_A_MINUTE) throw new GatewayError("E_RATE", "Too many requests by one agent.");
  }
}
