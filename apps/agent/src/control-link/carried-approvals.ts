import { findBase64url } from "@holdfast/protocol";
import type { Domain } from "../domain.ts";
import type { GatewayClient } from "./gateway-client.ts";

/** What admission said of a decision that the mailbox brought. Never the files that an approval may bring: those are for its page. */
interface CarriedAnswer {
  readonly id: string;
  readonly outcome: string;
  readonly code: string | null;
}

const ID = /^[A-Za-z0-9_-]{43}$/;
const MOST_KEPT = 200;
const MOST_AT_ONCE = 50;

/**
 * Decisions that were made at a page of the operator's and come with the mail. Each is an envelope like one from a file: what it
 * counts for is said by its credential's channel in the roster, whoever carries it.
 */
export class CarriedApprovals {
  readonly #answers = new Map<string, CarriedAnswer>();

  /** Judges one. @returns what it is over, and its hash; null for what is no decision */
  async take(
    { admission, links }: Pick<Domain, "admission" | "links">,
    { id, kind, envelope }: Record<string, unknown>,
  ): Promise<{ readonly kind: "command" | "change"; readonly hash: string } | null> {
    if (typeof id !== "string" || !ID.test(id) || typeof envelope !== "string") return null;
    const bytes = findBase64url(envelope) ?? new Uint8Array();
    const judge = kind === "change" ? links : admission;
    const { hash, outcome, code } = await judge.deliver(bytes, "mailbox");
    this.#keep({ id, outcome, code: code ?? null });
    return { kind: kind === "change" ? "change" : "command", hash };
  }

  /** Tells what there is to tell; what was not taken is kept for the next time. */
  async send(client: GatewayClient, signal: AbortSignal): Promise<void> {
    while (this.#answers.size > 0) {
      const answers = [...this.#answers.values()].slice(0, MOST_AT_ONCE);
      await client.post("/v1/approvals", { answers }, { signal });
      for (const one of answers) if (this.#answers.get(one.id) === one) this.#answers.delete(one.id);
    }
  }

  #keep(answer: CarriedAnswer): void {
    this.#answers.set(answer.id, answer);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > MOST_KEPT && oldest !== undefined) this.#answers.delete(oldest);
  }
}
