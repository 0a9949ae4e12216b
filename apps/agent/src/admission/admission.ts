import type { SigningHandle } from "@holdfast/crypto";
import {
  type Approval,
  DECISION,
  findCredential,
  HoldfastError,
  isLocalDomain,
  verifyApproval,
} from "@holdfast/protocol";
import type { ActAnswer, ActRequest } from "../admin/answers.ts";
import { addressesIn } from "../roster/passkeys-at.ts";
import { answerAct } from "./act-answer.ts";
import type { AdmissionParts } from "./admission-parts.ts";
import { bringIntroductions } from "./checks/bring-introductions.ts";
import { makeEnvelope, type ReadEnvelope, readEnvelope } from "./checks/read-envelope.ts";
import { CommandCourse } from "./command-course.ts";
import { CommandEndings } from "./command-endings.ts";
import { composeCommand } from "./compose-command.ts";
import type { Decided, PageDecision } from "./decided.ts";
import { AdmissionError, explainRefusal } from "./errors.ts";
import { approveLocally } from "./local-approval.ts";
import { PendingCommands, type ProposalOrigin } from "./pending.ts";
import type { PendingCommand, WaitingCommand } from "./pending-command.ts";
import { Turns } from "./turns.ts";
import { WaitingCommands } from "./waiting-commands.ts";

export type { Decided, PageDecision } from "./decided.ts";

const DUE_CHECK_MS = 5_000;

/**
 * The way in for everything that changes keys or clients: commands from the mailbox, from files, from the agent's page
 * and from its command line all pass the same pipeline, one after the other.
 */
export class Admission {
  readonly #parts: AdmissionParts;
  readonly #pending: PendingCommands;
  readonly #waiting: WaitingCommands;
  readonly #endings: CommandEndings;
  readonly #course: CommandCourse;
  readonly #turns = new Turns();
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: AdmissionParts) {
    this.#parts = {
      ...parts,
      // It may be replaced by people with passkeys while the agent runs.
      get local() {
        return isLocalDomain(parts.rosters.current().roster) ? parts.local : null;
      },
    };
    this.#pending = new PendingCommands(parts.store, parts.rosters);
    this.#waiting = new WaitingCommands(this.#parts, this.#pending);
    this.#endings = new CommandEndings(this.#parts, this.#pending);
    this.#course = new CommandCourse(this.#parts, this.#pending, this.#endings);
  }

  /** Begins to run what is due and to forget what is over. */
  start(): void {
    this.#timer ??= setInterval(() => void this.runDue(), DUE_CHECK_MS).unref();
    void this.runDue();
  }

  /** Takes nothing more; what is under way is carried out or fails whole. */
  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#turns.close();
    this.#endings.awaited.close();
    this.#parts.refusals.flush();
  }

  /** Resolves when what was asked for before is over. */
  settled(): Promise<void> {
    return this.#turns.settled();
  }

  /** Calls back whenever a command's approvals or outcome changed. @returns what stops it */
  onChange(listener: (hash: string) => void): () => void {
    return this.#endings.onChange(listener);
  }

  /** Takes an envelope from the mailbox or a file. Without enough approvals its command waits for more. */
  async deliver(bytes: Uint8Array, origin: ProposalOrigin = "file"): Promise<Decided> {
    const decided = await this.#turns.inTurn(async () => {
      let read: ReadEnvelope;
      try {
        read = bringIntroductions(readEnvelope(bytes), this.#parts);
      } catch (error) {
        return this.#endings.refuse("", error);
      }
      return this.#course.take(read, origin);
    });
    return origin === "mailbox" ? decided : this.#held(decided);
  }

  /** All commands that wait for approvals or for their delay. */
  pending(): PendingCommand[] {
    return this.#waiting.all();
  }

  /** What waits, in short: for whoever only tells of it. */
  waiting(): WaitingCommand[] {
    return this.#waiting.inShort();
  }

  /** One command that waits, or that was decided; null for one this agent has never seen. */
  find(hash: string): PendingCommand | null {
    return this.#waiting.find(hash);
  }

  /** A command with the approvals it has, base64url, as files carry it; null for one this agent has never seen. */
  envelope(hash: string): string | null {
    return this.#waiting.envelope(hash);
  }

  /**
   * One touch at the page: adds the approval or rejection to each command of the list and carries out what is complete,
   * in order, each by itself; a later failure leaves earlier ones applied.
   *
   * @throws {@link HoldfastError} `E_CRED_UNKNOWN`, `E_ASSERT_…` when the touch itself does not count; on record
   */
  async decide({ decision, list, assertion }: PageDecision): Promise<Decided[]> {
    const all = await this.#turns.inTurn(async () => {
      const approval: Approval = { decision, list: [...list], ...assertion };
      await this.#verifyTouch(approval);
      const decided: Decided[] = [];
      for (const hash of list) decided.push(await this.#course.decide(hash, approval));
      return decided;
    });
    return Promise.all(all.map((decided) => this.#held(decided)));
  }

  /**
   * Carries out what the command line asks for: at once with a local administrator, otherwise as a proposal.
   *
   * With `wait` it resolves when the command was decided, and then brings a new client's files.
   */
  async act(request: ActRequest, signal?: AbortSignal): Promise<ActAnswer> {
    const { local, logger } = this.#parts;
    const { first, final } = await this.#turns.inTurn(async () => {
      const { doc, hash } = composeCommand(request, this.#parts);
      const approvals = local === null ? [] : [this.#approveLocally([hash], DECISION.approve, local)];
      const read = bringIntroductions(makeEnvelope({ doc, approvals }), this.#parts);
      const decided = await this.#course.look(read, { due: false, local: local !== null }, "cli");
      const awaits = decided.outcome === "pending" && request.wait;
      if (awaits) logger.info("command.awaited", { hash });
      return { first: decided, final: awaits ? this.#endings.awaited.wait(hash, signal) : null };
    });
    return this.#answer(await this.#held((await final) ?? first));
  }

  /** Cancels a waiting command: by the local administrator; elsewhere it takes a passkey at the page. */
  async cancel(hash: string): Promise<ActAnswer> {
    const { local } = this.#parts;
    const found = this.find(hash);
    if (found === null) throw new AdmissionError("E_PRESTATE", "No such command waits.");
    const { have, need } = found;
    if (local === null) return this.#answer({ hash, outcome: "pending", have, need });
    const approval = this.#approveLocally([hash], DECISION.reject, local);
    return this.#answer(await this.#turns.inTurn(() => this.#course.decide(hash, approval)));
  }

  /** Where a person decides on these commands: the agent's page as the roster has it; null without one. */
  approveUrl(hashes: readonly string[]): string | null {
    const [origin] = addressesIn(this.#parts.rosters.current().roster);
    return origin === undefined ? null : `${origin}/approve#${hashes.join(".")}`;
  }

  /** Runs commands whose delay is over, and forgets those whose time is. */
  async runDue(): Promise<void> {
    const due: string[] = [];
    const counted = this.#parts.running.take();
    for (const each of this.#parts.scheduled.all())
      if (each.dueSeconds <= counted && (await this.#parts.isElapsed(each))) due.push(each.hash);
    await this.#turns
      .inTurn(async () => {
        for (const each of this.#parts.scheduled.all()) if (due.includes(each.hash)) await this.#course.run(each);
        for (const record of this.#pending.all()) this.#endings.expire(record);
      })
      .catch(() => this.#parts.logger.error("admission.due"));
  }

  /** Answers for new keys only when they are held where administrators say; what is late is said, and not undone. */
  async #held(decided: Decided): Promise<Decided> {
    if (decided.outcome !== "applied") return decided;
    try {
      await this.#parts.executor.untilHeld();
      return decided;
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      const code = String(error.code);
      return { ...decided, code, what: error.message, next: explainRefusal(code).next };
    }
  }

  async #verifyTouch(approval: Approval): Promise<void> {
    try {
      const found = findCredential(this.#parts.rosters.current().roster, approval.credId);
      if (found === null) throw new AdmissionError("E_CRED_UNKNOWN");
      await verifyApproval(approval, found.credential);
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      this.#parts.refusals.count(error.code);
      this.#parts.logger.warn("approval.refused", { code: error.code });
      throw error;
    }
  }

  #approveLocally(list: readonly string[], decision: 1 | 2, local: SigningHandle): Approval {
    return approveLocally(list, decision, { local, roster: this.#parts.rosters.current().roster });
  }

  #answer(decided: Decided): ActAnswer {
    return answerAct(decided, this.#parts, this.approveUrl([decided.hash]));
  }
}
