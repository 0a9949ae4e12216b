import type { Domain } from "../domain.ts";
import type { GatewayClient } from "./gateway-client.ts";

/** What became of a proposal that was not even kept. */
export interface RefusedProposal {
  readonly hash: string;
  readonly code: string;
}

const MOST_AT_ONCE = 50;
/** A part stays well below the 1 MiB that a request may have. */
const PART_BYTES = 500_000;

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

  /** Sends what there is, in parts that a request can hold; what was not taken is kept for the next time. */
  async send({ admission, keystore }: Domain, client: GatewayClient, signal: AbortSignal): Promise<void> {
    // A command's text names its target. What became of one that the mailbox brought is learnt from the log.
    if (keystore.domain().share === "hashes") this.#changed.clear();
    while (this.#changed.size + this.#refused.size > 0) {
      const reports: { hash: string }[] = [];
      let bytes = 0;
      for (const hash of [...this.#changed].slice(0, MOST_AT_ONCE)) {
        const found = admission.find(hash);
        if (found !== null && reports.length > 0 && bytes + found.doc.length > PART_BYTES) break;
        this.#changed.delete(hash);
        if (found === null) continue;
        const { doc, status, have, need, due } = found;
        bytes += doc.length;
        reports.push({
          ...{ hash, doc, have, need },
          status: status === "pending" ? "open" : status,
          ...(due === null ? {} : { due }),
        } as { hash: string });
      }
      const refusals = [...this.#refused].slice(0, MOST_AT_ONCE - reports.length);
      for (const [hash, code] of refusals) {
        this.#refused.delete(hash);
        reports.push({ hash, status: "refused", code, have: 0, need: 1 } as { hash: string });
      }
      try {
        if (reports.length > 0) await client.post("/v1/commands", { reports }, { signal });
      } catch (error) {
        const refused = new Map(refusals);
        for (const { hash } of reports) if (!refused.has(hash)) this.#changed.add(hash);
        for (const [hash, code] of refused) this.#refused.set(hash, code);
        throw error;
      }
    }
  }
}
