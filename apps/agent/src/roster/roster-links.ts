import type { SigningHandle } from "@holdfast/crypto";
import {
  type Approval,
  DECISION,
  draftRoster,
  encodeBase64url,
  encodeRoster,
  isLocalDomain,
  type RosterChange,
} from "@holdfast/protocol";
import { AdmissionError } from "../admission/errors.ts";
import { approveLocally } from "../admission/local-approval.ts";
import type { ProposalOrigin } from "../admission/pending.ts";
import { Turns } from "../admission/turns.ts";
import { bringLinkIntroductions } from "./bring-introductions.ts";
import type { PendingLink } from "./describe-link.ts";
import type { LinksLearnt } from "./learn-links.ts";
import { LinkCourse } from "./link-course.ts";
import { type LinkDecided, type LinkDecision, refusedLink } from "./link-decided.ts";
import { makeLinkEnvelope, type ReadLink, readLinkEnvelope } from "./link-envelope.ts";
import { LinkRefusals } from "./link-refusals.ts";
import { ProposedLinks } from "./proposed-links.ts";
import type { RosterLinksParts } from "./roster-links-parts.ts";
import { WaitingLinks } from "./waiting-links.ts";
import { takenByRecovery, whoStops } from "./who-stops.ts";

const DUE_CHECK_MS = 5_000;

/**
 * The way in for every change of administrators, rules, agents and witnesses: from the mailbox, from files, from the
 * agent's page and from its command line, one after the other.
 *
 * A link that only tightens is in force at once. Any other waits its delay in the agent's running time, is announced, and
 * ends by one administrator's no.
 *
 * @see docs/spec/roster.md sections 4 and 5
 */
export class RosterLinks {
  readonly #parts: RosterLinksParts;
  readonly #proposed: ProposedLinks;
  readonly #waiting: WaitingLinks;
  readonly #refusals: LinkRefusals;
  readonly #course: LinkCourse;
  readonly #turns = new Turns();
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: RosterLinksParts) {
    this.#parts = parts;
    this.#proposed = new ProposedLinks(parts);
    this.#waiting = new WaitingLinks(parts, this.#proposed);
    this.#refusals = new LinkRefusals(parts);
    this.#course = new LinkCourse(parts, this.#proposed, this.#waiting, this.#refusals);
  }

  /** Begins to put in force what is due. */
  start(): void {
    this.#timer ??= setInterval(() => void this.runDue(), DUE_CHECK_MS).unref();
    void this.runDue();
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#turns.close();
  }

  /** Resolves when what was asked for before is over. */
  settled(): Promise<void> {
    return this.#turns.settled();
  }

  /** Calls back whenever a link's approvals or state changed. @returns what stops it */
  onChange(listener: (hash: string) => void): () => void {
    return this.#refusals.onChange(listener);
  }

  /** All links that wait for approvals or for their delay. */
  pending(): PendingLink[] {
    return this.#waiting.all();
  }

  /** Refuses what is asked for to change the list while a recovery waits its delay. @throws {@link AdmissionError} `E_ROSTER_SEQ` */
  assertNoRecovery(): void {
    const recovery = this.#waiting.recovery();
    if (recovery !== null) throw takenByRecovery(recovery);
  }

  /** Links whose delay runs, with the running time at which it is over. */
  waiting(): { readonly hash: string; readonly dueSeconds: number }[] {
    return this.#proposed.waiting().map(({ read, wait }) => ({ hash: read.hash, dueSeconds: wait.dueSeconds }));
  }

  /** A link that waits, or that was decided; null for one this agent has never seen. */
  find(hash: string): PendingLink | null {
    return this.#waiting.find(hash);
  }

  /** A link with the approvals it has, base64url, as files carry it; null for one this agent has never seen. */
  envelope(hash: string): string | null {
    return this.#waiting.envelope(hash);
  }

  /** Takes an envelope from the mailbox or a file. Without enough approvals its link waits for more. */
  deliver(bytes: Uint8Array, origin: ProposalOrigin = "file"): Promise<LinkDecided> {
    return this.#turns.inTurn(async () => {
      let read: ReadLink;
      try {
        const { rosters, introductions } = this.#parts;
        read = bringLinkIntroductions(readLinkEnvelope(bytes), rosters.current(), introductions);
      } catch (error) {
        return this.#refusals.refuse("", error);
      }
      return this.#course.take(read, origin);
    });
  }

  /**
   * Takes links that a restored agent's chain lacks, with what proves that the lost log had them in force.
   *
   * @throws {@link AdmissionError} `E_PRESTATE`, `E_ROSTER_SEQ`, `E_LINK_PROOF`; {@link ProtocolError}
   */
  learn(given: readonly unknown[]): Promise<LinksLearnt> {
    return this.#turns.inTurn(() => this.#course.learn(given));
  }

  /** One touch at the page over one link: adds the approval, or ends the link. */
  decide({ decision, hash, assertion }: LinkDecision): Promise<LinkDecided> {
    return this.#turns.inTurn(async () => {
      const known = this.#proposed.find(hash);
      if (known === null) {
        const entry = this.#parts.index.link(hash);
        return entry === null
          ? this.#refusals.refuse(hash, new AdmissionError("E_PRESTATE", "No such change waits at this agent."))
          : this.#course.decided(hash, entry);
      }
      const approval: Approval = { decision, list: [hash], ...assertion };
      return decision === DECISION.reject
        ? this.#course.object(known.read, approval, false)
        : this.#course.approve(known, approval);
    });
  }

  /**
   * Drafts a link from this agent's own state and proposes it; a local administrator approves it with that.
   *
   * @param intros - Hashes of what newcomers gave to this agent for it.
   * @throws {@link ProtocolError} `E_ROSTER_SCHEMA`; {@link AdmissionError} `E_INTRO`
   */
  propose(change: RosterChange, intros: readonly string[] = []): Promise<LinkDecided> {
    return this.#turns.inTurn(async () => {
      const { rosters, guard, introductions, local } = this.#parts;
      const documents = intros.map((hash) => {
        const taken = introductions.find(hash);
        if (taken === null) throw new AdmissionError("E_INTRO", "This was not given to this key server.");
        return taken.doc;
      });
      const doc = encodeBase64url(encodeRoster(draftRoster(rosters.current(), change, guard.time())));
      const unsigned = makeLinkEnvelope({ doc, approvals: [], intros: documents });
      const isLocal = local !== null && isLocalDomain(rosters.current().roster);
      const approvals = isLocal ? [this.#approveLocally(unsigned.hash, DECISION.approve, local)] : [];
      const read = isLocal ? makeLinkEnvelope({ doc, approvals, intros: documents }) : unsigned;
      return this.#course.look(read, null, "cli");
    });
  }

  /** Approves a link that waits: by the local administrator; elsewhere it takes a passkey at the page. */
  approve(hash: string): Promise<LinkDecided> {
    return this.#turns.inTurn(async () => {
      const { local, rosters } = this.#parts;
      const known = this.#proposed.find(hash);
      if (known === null) throw new AdmissionError("E_PRESTATE", "No such change waits.");
      if (local === null || !isLocalDomain(rosters.current().roster)) return { hash, outcome: "pending" };
      return this.#course.approve(known, this.#approveLocally(hash, DECISION.approve, local));
    });
  }

  /**
   * Ends a link that waits: by the local administrator; elsewhere it takes a passkey at the page. `E_VETO` where nobody's no counts.
   */
  cancel(hash: string): Promise<LinkDecided> {
    return this.#turns.inTurn(async () => {
      const { local, rosters } = this.#parts;
      const known = this.#proposed.find(hash);
      if (known === null) throw new AdmissionError("E_PRESTATE", "No such change waits.");
      const found = this.find(hash);
      if (found !== null && !found.mayObject) {
        const { what, next } = whoStops(found);
        return refusedLink(hash, "E_VETO", what, next);
      }
      if (local === null || !isLocalDomain(rosters.current().roster)) return { hash, outcome: "pending" };
      return this.#course.object(known.read, this.#approveLocally(hash, DECISION.reject, local), true);
    });
  }

  /** Where a person decides on a link: the page of any credential that may. Null without one. */
  approveUrl(hash: string): string | null {
    const creds = this.#parts.rosters.current().roster.admins.flatMap((each) => each.creds);
    const more = this.#proposed.find(hash)?.read.roster.admins.flatMap((each) => each.creds) ?? [];
    const credential = [...creds, ...more].find(({ channel }) => channel === "customer" || channel === "this-machine");
    const path = this.#proposed.find(hash)?.read.kind === "recover" ? "recover" : "approve";
    return credential && "origin" in credential ? `${credential.origin}/${path}#${hash}` : null;
  }

  /** Puts in force what is due, and forgets what can no longer be accepted. */
  async runDue(): Promise<void> {
    const { running, guard, isElapsed } = this.#parts;
    const due: string[] = [];
    const counted = running.take();
    for (const each of this.waiting()) if (each.dueSeconds <= counted && (await isElapsed(each))) due.push(each.hash);
    await this.#turns
      .inTurn(async () => {
        this.#course.endLost();
        for (const link of this.#proposed.waiting()) if (due.includes(link.read.hash)) await this.#course.run(link);
        const time = guard.time();
        for (const { read, wait } of this.#proposed.all()) {
          if (wait !== null || guard.alarm() !== null || time <= read.roster.acceptBy) continue;
          this.#proposed.drop(read.hash);
          this.#refusals.changed(read.hash);
        }
      })
      .catch(() => this.#parts.logger.error("roster.due"));
  }

  #approveLocally(hash: string, decision: 1 | 2, local: SigningHandle): Approval {
    return approveLocally([hash], decision, { local, roster: this.#parts.rosters.current().roster });
  }
}
