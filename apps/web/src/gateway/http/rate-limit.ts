import { GatewayError } from "../gateway-error.ts";

/** Behind one address there may be many agents. */
const MOST_OF_AN_ADDRESS = 12_000;
const MOST_OF_AN_AGENT = 1_200;
const WINDOW_MS = 60_000;
const MOST_REMEMBERED = 100_000;

/**
 * Counts requests within a minute: by address before anything is verified, by agent only once its signature was, so
 * that nobody uses up another's.
 */
export class RateLimit {
  readonly #counts = new Map<string, number>();
  #since = performance.now();

  /** @throws {@link GatewayError} `E_RATE` */
  countAddress(address: string): void {
    this.#count(`address ${address}`, MOST_OF_AN_ADDRESS);
  }

  /** @throws {@link GatewayError} `E_RATE` */
  countAgent(aid: string): void {
    this.#count(`agent ${aid}`, MOST_OF_AN_AGENT);
  }

  #count(who: string, most: number): void {
    if (performance.now() - this.#since > WINDOW_MS || this.#counts.size > MOST_REMEMBERED) {
      this.#counts.clear();
      this.#since = performance.now();
    }
    const count = (this.#counts.get(who) ?? 0) + 1;
    this.#counts.set(who, count);
    if (count > most) throw new GatewayError("E_RATE", "Too many requests in a minute.");
  }
}
