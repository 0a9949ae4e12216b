import { decodeBase64url, encodeBase64url, parseLeaf } from "@holdfast/protocol";
import { describeLink, type PendingLink, refusedBy } from "./describe-link.ts";
import { readLinkEnvelope } from "./link-envelope.ts";
import type { ProposedLink, ProposedLinks } from "./proposed-links.ts";
import type { RosterLinksParts } from "./roster-links-parts.ts";
import { takenByRecovery } from "./who-stops.ts";

/** Links as a person sees them: those that wait for approvals or for their delay, and those that were decided. */
export class WaitingLinks {
  readonly #parts: RosterLinksParts;
  readonly #proposed: ProposedLinks;

  constructor(parts: RosterLinksParts, proposed: ProposedLinks) {
    this.#parts = parts;
    this.#proposed = proposed;
  }

  /** All links that wait for approvals or for their delay. */
  all(): PendingLink[] {
    return this.#proposed.all().map((each) => this.#describe(each));
  }

  /** The recovery whose delay runs; null while there is none. */
  recovery(): PendingLink | null {
    const found = this.#proposed.waiting().find(({ read }) => read.kind === "recover");
    return found === undefined ? null : this.#describe(found);
  }

  /** A link that waits, or that was decided; null for one this agent has never seen. */
  find(hash: string): PendingLink | null {
    const proposed = this.#proposed.find(hash);
    if (proposed !== null) return this.#describe(proposed);
    const entry = this.#parts.index.link(hash);
    const [stored] = entry === null ? [] : this.#parts.log.entries(entry.n, 1);
    if (entry === null || stored?.envelope === undefined) return null;
    const read = readLinkEnvelope(decodeBase64url(stored.envelope));
    const { code } = parseLeaf(decodeBase64url(stored.leaf));
    return describeLink({ read, status: entry.state, proposed: null, due: null, code }, this.#parts);
  }

  /** A link with the approvals it has, base64url, as files carry it; null for one this agent has never seen. */
  envelope(hash: string): string | null {
    const proposed = this.#proposed.find(hash);
    if (proposed !== null) return encodeBase64url(proposed.read.bytes);
    const entry = this.#parts.index.link(hash);
    return entry === null ? null : (this.#parts.log.entries(entry.n, 1)[0]?.envelope ?? null);
  }

  #describe(proposed: ProposedLink): PendingLink {
    const { running, guard } = this.#parts;
    const { read, wait } = proposed;
    const due = wait === null ? null : guard.time() + Math.max(0, wait.dueSeconds - running.take());
    const described = describeLink(
      { read, status: wait === null ? "pending" : "scheduled", proposed, due },
      this.#parts,
    );
    const recovery = wait === null && read.kind !== "recover" ? this.recovery() : null;
    return recovery === null ? described : { ...described, dryRun: refusedBy(takenByRecovery(recovery)) };
  }
}
