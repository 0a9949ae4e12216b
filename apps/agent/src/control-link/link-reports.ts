import type { Domain } from "../domain.ts";
import type { GatewayClient } from "./gateway-client.ts";

const MOST_AT_ONCE = 50;
/** A part stays well below the 1 MiB that a request may have. */
const PART_BYTES = 500_000;

/** Tells the mailbox how far changes of administrators and rules are: approvals, delays, outcomes, refused proposals. */
export class LinkReports {
  readonly #changed = new Set<string>();
  readonly #refused = new Map<string, string>();

  note(hash: string): void {
    if (hash !== "") this.#changed.add(hash);
  }

  noteRefused(hash: string, code: string): void {
    this.#refused.set(hash, code);
  }

  /** Sends what there is, in parts that a request can hold; what was not taken is kept for the next time. */
  async send({ links }: Pick<Domain, "links">, client: GatewayClient, signal: AbortSignal): Promise<void> {
    while (this.#changed.size + this.#refused.size > 0) {
      const reports: object[] = [];
      const sent: string[] = [];
      let bytes = 0;
      for (const hash of [...this.#changed].slice(0, MOST_AT_ONCE)) {
        const found = links.find(hash);
        const size = found === null ? 0 : found.doc.length + found.intros.join("").length;
        if (reports.length > 0 && bytes + size > PART_BYTES) break;
        sent.push(hash);
        if (found === null) continue;
        bytes += size;
        const { doc, intros, status, code, old, new: next, due, delay } = found;
        reports.push({
          ...{ hash, doc, intros, code, old, new: next, ...delay },
          status: status === "pending" ? "open" : status,
          ...(due === null ? {} : { due }),
        });
      }
      const refused = [...this.#refused].slice(0, MOST_AT_ONCE - reports.length);
      const none = { have: 0, need: 1 };
      for (const [hash, code] of refused) reports.push({ hash, status: "refused", code, old: none, new: none });
      if (reports.length > 0) await client.post("/v1/links", { reports }, { signal });
      for (const hash of sent) this.#changed.delete(hash);
      for (const [hash] of refused) this.#refused.delete(hash);
    }
  }
}
