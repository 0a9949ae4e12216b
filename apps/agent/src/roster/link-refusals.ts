import { HoldfastError } from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import { Refusal } from "../admission/pipeline.ts";
import { type LinkDecided, refusedLink } from "./link-decided.ts";
import type { ReadLink } from "./link-envelope.ts";
import type { ProposedLink } from "./proposed-links.ts";
import type { RosterLinksParts } from "./roster-links-parts.ts";

/** Refusals that say something of the agent, not of the link: a link that is due waits on. */
const NO_VERDICT: ReadonlySet<string> = new Set(["E_RECOVERING", "E_STORE", "E_SEALED", "E_LOCAL_DENY"]);

/** Whether a refusal says nothing of the link: it may be judged, or written, another time. */
export function saysNothingOfLink(code: string): boolean {
  return NO_VERDICT.has(code);
}

/** Refusals of links as values, each on record; and who is told when something of a link changed. */
export class LinkRefusals {
  readonly #parts: RosterLinksParts;
  readonly #listeners = new Set<(hash: string) => void>();

  constructor(parts: RosterLinksParts) {
    this.#parts = parts;
  }

  /** Calls back whenever a link's approvals or state changed. @returns what stops it */
  onChange(listener: (hash: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells that a link's approvals or state changed. */
  changed(hash: string): void {
    for (const listener of this.#listeners) listener(hash);
  }

  /** Tells of links that ended because another has their place. */
  gaveWay(links: readonly ProposedLink[]): void {
    for (const { read } of links) {
      this.#parts.logger.warn("roster.refused", { code: "E_ROSTER_SEQ", hash: read.hash });
      this.changed(read.hash);
    }
  }

  /** A refusal as a value: on record by a counter, or by an entry of its own where somebody's approval verified. */
  refuse(hash: string, error: unknown, read?: ReadLink): LinkDecided {
    const reason = error instanceof Refusal ? error.reason : error;
    if (!(reason instanceof HoldfastError)) throw reason;
    const by = error instanceof Refusal ? error.by : [];
    const code = String(reason.code);
    this.#parts.logger.warn("roster.refused", { code, hash });
    if (read === undefined || by.length === 0 || !this.#record(hash, code, by)) this.#parts.refusals.count(code);
    if (hash !== "") this.changed(hash);
    const next = reason instanceof AdmissionError ? reason.next : undefined;
    return refusedLink(hash, code, reason.message, next);
  }

  #record(hash: string, code: string, by: readonly string[]): boolean {
    const { index, executor, keystore, problem } = this.#parts;
    if (saysNothingOfLink(code) || problem !== null || keystore.domain().recovering || index.hasRefusal(hash, code))
      return false;
    executor.recordRefusal(hash, code, { kind: "admins", ids: [...by] });
    return true;
  }
}
