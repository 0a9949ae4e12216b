import { HoldfastError } from "@holdfast/protocol";
import type { Agent } from "../../agent.ts";
import type { PageSetup } from "../page-setup.ts";
import { AcmeError } from "./acme-error.ts";
import { recordsByProgram } from "./dns-records.ts";
import { isRenewalDue, keepRenewalTried, orderPageCertificate } from "./page-order.ts";

/** For a whole order, program and authority together. */
const DEADLINE_MS = 1_800_000;

/** What renewals by ACME are made for. */
export interface RenewalParts {
  readonly agent: Pick<Agent, "dataDirectory" | "clock" | "logger">;
  /** Told of each address whose new certificate is in its place. */
  readonly renewed: (origin: string) => void;
  /** When an order has had its time; half an hour without it. */
  readonly deadline?: () => AbortSignal;
}

/**
 * Renews what comes by ACME, beside everything else: people, listeners and the end of the process wait for no authority and no program.
 * An order has half an hour; one that is under way at the end is given up and tried at the next start.
 */
export class PageRenewals {
  readonly #parts: RenewalParts;
  readonly #ending = new AbortController();
  #turn: Promise<void> | null = null;

  constructor(parts: RenewalParts) {
    this.#parts = parts;
  }

  /** Begins what is due, unless a turn is under way. */
  look(setups: readonly PageSetup[]): void {
    this.#turn ??= this.#all(setups).finally(() => {
      this.#turn = null;
    });
  }

  /** Resolves when no renewal is under way. */
  async settled(): Promise<void> {
    await this.#turn;
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await this.#turn;
  }

  async #all(setups: readonly PageSetup[]): Promise<void> {
    for (const setup of setups) if (!this.#ending.signal.aborted) await this.#one(setup);
  }

  async #one(setup: PageSetup): Promise<void> {
    const { dataDirectory, clock, logger } = this.#parts.agent;
    const { origin, acme } = setup;
    const tried = (code: string | null, what: string | null) =>
      keepRenewalTried(dataDirectory, origin, { at: clock.now(), code, what });
    try {
      if (!isRenewalDue(dataDirectory, setup, clock.now()) || !acme?.hook) return;
      await this.#order(setup, acme.hook);
      tried(null, null);
      logger.info("page.renewed", { origin });
      this.#parts.renewed(origin);
    } catch (cause) {
      if (this.#ending.signal.aborted) return;
      const known = cause instanceof HoldfastError ? cause : null;
      const code = String(known?.code ?? "E_ACME");
      logger.error("page.not-renewed", { origin, code });
      try {
        tried(code, known?.message ?? "Something unexpected happened.");
      } catch {
        logger.error("page.not-renewed", { origin, code: "E_FILE" }); // the disk takes nothing: it is tried at the next look
      }
    }
  }

  async #order(setup: PageSetup, hook: string): Promise<void> {
    const { deadline = () => AbortSignal.timeout(DEADLINE_MS) } = this.#parts;
    const signal = AbortSignal.any([this.#ending.signal, deadline()]);
    const given = Promise.withResolvers<never>();
    const giveUp = () => given.reject(new AcmeError("E_ACME", "The renewal did not come to an end in time."));
    signal.addEventListener("abort", giveUp, { once: true });
    const dns = recordsByProgram(hook, signal);
    const order = orderPageCertificate(this.#parts.agent.dataDirectory, setup, {
      ...{ dns, time: () => this.#parts.agent.clock.now(), signal },
    });
    try {
      await Promise.race([order, given.promise]);
    } finally {
      signal.removeEventListener("abort", giveUp);
    }
  }
}
