import type { Domain } from "../domain.ts";
import type { GatewayClient } from "./gateway-client.ts";

/** What became of a proposal that was not even kept. */
export interface RefusedProposal {
  readonly hash: string;
  readonly code: string;
}

const MOST_AT_ONCE = 50;

/** Tells the mailbox how far commands are: partial approvals, delays, outcomes, refused proposals. */
export class CommandReports {
  readonly #changed = new Set<string>();
  readonly #refused = new Map<string, string>();

  /** Takes note that a command's approvals or outcome changed. */
  note(hash: string): void {
    if (hash !== "") this.#changed.add(hash);
  }

  noteRefused({ hash, code }: RefusedProposal): void {
    this.#refused.set(hash, code);
  }

  /** Sends what there is; what was not taken is kept for the next time. */
  async send({ admission }: Domain, client: GatewayClient, signal: AbortSignal): Promise<void> {
    while (this.#changed.size + this.#refused.size > 0) {
      const hashes = [...this.#changed].slice(0, MOST_AT_ONCE);
      const refusals = [...this.#refused].slice(0, MOST_AT_ONCE);
      const reports = [
        ...hashes.flatMap((hash) => {
          const found = admission.find(hash);
          if (found === null) return [];
          const { doc, status, have, need, due } = found;
          return [
            { hash, doc, status: status === "pending" ? "open" : status, have, need, ...(due === null ? {} : { due }) },
          ];
        }),
        ...refusals.map(([hash, code]) => ({ hash, status: "refused", code, have: 0, need: 1 })),
      ];
      for (const hash of hashes) this.#changed.delete(hash);
      for (const [hash] of refusals) this.#refused.delete(hash);
      try {
        if (reports.length > 0) await client.post("/v1/commands", { reports }, { signal });
      } catch (error) {
        for (const hash of hashes) this.#changed.add(hash);
        for (const [hash, code] of refusals) this.#refused.set(hash, code);
        throw error;
      }
    }
  }
}
