import type { Custody } from "./custody/custody.ts";
import type { Hsm } from "./custody/hsm/hsm.ts";
import type { Logger } from "./logger.ts";

/** How a token is watched, milliseconds. */
export interface HsmTimes {
  /** Between two looks. */
  readonly everyMs: number;
  /** How long a token may be gone before the agent seals itself. */
  readonly graceMs: number;
}

/** What the watch works on. */
export interface WatchedAgent {
  readonly custody: Custody;
  readonly logger: Logger;
  readonly sealed: boolean;
  seal(by: "token"): void;
  unsealByItself(): Promise<void>;
}

const USUAL: HsmTimes = { everyMs: 3_000, graceMs: 15_000 };

/**
 * Watches the token that opens this agent: one that stays away takes the root key out of memory, one that comes back
 * unseals it.
 *
 * What a person sealed stays sealed. A PIN that was refused ends the attempts until a person unseals.
 */
export class HsmWatch {
  readonly #agent: WatchedAgent;
  readonly #times: HsmTimes;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;
  #goneSince: number | null = null;
  /** Whether the agent is not to be unsealed by itself. */
  #resting = false;
  #stopped = false;

  constructor(agent: WatchedAgent, times: Partial<HsmTimes> = {}) {
    this.#agent = agent;
    this.#times = { ...USUAL, ...times };
  }

  start(): void {
    this.#plan();
  }

  /** A person sealed the agent. */
  rest(): void {
    this.#resting = true;
  }

  /** A person unsealed it. */
  resume(): void {
    this.#resting = false;
    this.#goneSince = null;
  }

  /** Whether a sealed agent is unsealed without a person once its token is there. */
  get comesBack(): boolean {
    return !this.#resting && this.#agent.custody.hsm?.unattended === true;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#looking;
  }

  #plan(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.#look().finally(() => {
        this.#looking = null;
        this.#plan();
      });
    }, this.#times.everyMs).unref();
  }

  async #look(): Promise<void> {
    const { custody, logger } = this.#agent;
    const { hsm } = custody;
    if (hsm === null) return;
    hsm.onSlow = (op, ms) => logger.warn("hsm.slow", { op, ms: Math.round(ms) });
    if (this.#agent.sealed) return this.#comeBack(hsm);
    if (await hsm.probe()) {
      if (this.#goneSince !== null) logger.info("hsm.back");
      this.#goneSince = null;
      return;
    }
    // Sealed meanwhile, opened in another way since, or not looked for yet: nothing is gone.
    if (this.#agent.sealed || custody.hsm !== hsm || hsm.state.state === "closed") {
      this.#goneSince = null;
      return;
    }
    const now = performance.now();
    if (this.#goneSince === null) {
      this.#goneSince = now;
      logger.error("hsm.gone", { code: hsm.state.code, sealsInMs: this.#times.graceMs });
    }
    if (now - this.#goneSince < this.#times.graceMs || this.#agent.sealed) return;
    this.#goneSince = null;
    this.#agent.seal("token");
  }

  async #comeBack({ unattended }: Hsm): Promise<void> {
    const { logger } = this.#agent;
    if (this.#resting || !unattended) return;
    try {
      await this.#agent.unsealByItself();
      logger.info("agent.recovered");
    } catch (error) {
      const code = (error as { code?: string }).code ?? "E_INTERNAL";
      if (code.startsWith("E_HSM_PIN")) {
        this.#resting = true;
        logger.error("agent.stays-sealed", { code });
      }
    }
  }
}
