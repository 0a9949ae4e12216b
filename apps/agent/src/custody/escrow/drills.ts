import { timingSafeEqual } from "node:crypto";
import type { RootKey } from "@holdfast/crypto";
import { decodeBase64url } from "@holdfast/protocol";
import { decodeBody, encodeBody, isAuthenticRow, sealRow } from "../../keystore/row.ts";
import type { Store } from "../../keystore/store.ts";
import type { EscrowTrailer } from "../backup/escrow-trailer.ts";
import type { DrillChecks } from "../backup/write-escrowed.ts";
import { CustodyError } from "../errors.ts";

/** A drill that custodians can answer. */
export interface OpenDrill {
  /** The command that began it. */
  readonly cmd: string;
  readonly trailer: EscrowTrailer;
  readonly nonce: string;
  /** Seats that have answered rightly. */
  readonly answered: ReadonlySet<string>;
}

/** What a right answer proves, as the log records it. */
export interface DrillEvidence {
  readonly backup: string;
  readonly cmd: string;
  readonly seat: string;
  readonly nonce: string;
  readonly answer: string;
}

/** What drills work with. */
export interface DrillParts {
  readonly store: Store;
  readonly root: RootKey;
  /** Whether administrators have approved the command. */
  readonly isApproved: (cmd: string) => boolean;
  readonly record: (evidence: DrillEvidence) => void;
}

interface Kept {
  readonly checks: DrillChecks;
  /** How many nonces have been shown. */
  readonly used: number;
}

/**
 * Drills: custodians prove that they can open their share, and show nothing of it.
 *
 * The agent has no share. When it made the backup it kept, for a number of nonces that it tells nobody before, what the holder of
 * each share has to answer; a nonce serves one drill.
 */
export class Drills {
  readonly #parts: DrillParts;
  readonly #begun = new Map<string, EscrowTrailer>();
  #offered: EscrowTrailer | null = null;
  #open: (OpenDrill & { readonly answered: Set<string>; readonly answers: DrillChecks[number]["answers"] }) | null =
    null;

  constructor(parts: DrillParts) {
    this.#parts = parts;
  }

  /** Keeps what the drills of a new backup are judged by. Caller must: be in no transaction. */
  keep(backup: string, checks: DrillChecks): void {
    this.#put(backup, { checks, used: 0 });
  }

  /** Whether this agent can judge drills of a backup, and how many are left. */
  left(backup: string): number {
    const kept = this.#find(backup);
    return kept === null ? 0 : kept.checks.length - kept.used;
  }

  /** Takes in a backup that somebody at this host gave and that is whole, for a drill that may be ordered. */
  offer(trailer: EscrowTrailer): void {
    this.#offered = trailer;
  }

  /** The backup of that hash, if it was given at this host. */
  offered(backup: string): EscrowTrailer | null {
    return this.#offered?.hash === backup ? this.#offered : null;
  }

  /** Whether the drill of a command is prepared or open. */
  knows(cmd: string): boolean {
    return this.#begun.has(cmd) || this.#open?.cmd === cmd;
  }

  /**
   * Prepares a drill under a command, which administrators may still have to approve.
   *
   * @throws {@link CustodyError} `E_DRILL` for a backup that this agent did not make, or whose drills are used up
   */
  begin(cmd: string, trailer: EscrowTrailer): void {
    if (this.left(trailer.hash) === 0)
      throw new CustodyError("E_DRILL", "This key server can judge no drill of this backup: take a newer one.");
    this.#begun.set(cmd, trailer);
  }

  /** The drill that custodians can answer now; null without one. */
  open(): OpenDrill | null {
    for (const [cmd, trailer] of this.#begun) {
      if (!this.#parts.isApproved(cmd)) continue;
      this.#begun.delete(cmd);
      const kept = this.#find(trailer.hash);
      const check = kept?.checks[kept.used];
      if (kept === null || check === undefined) continue;
      this.#put(trailer.hash, { ...kept, used: kept.used + 1 });
      this.#open = { cmd, trailer, nonce: check.nonce, answers: check.answers, answered: new Set() };
    }
    return this.#open;
  }

  /**
   * Judges a custodian's answer and puts a right one on record.
   *
   * @throws {@link CustodyError} `E_DRILL` when nothing is asked, `E_SHARE` for a wrong answer
   */
  answer(cmd: string, seat: string, answer: string): OpenDrill {
    const drill = this.#open;
    if (drill === null || drill.cmd !== cmd) throw new CustodyError("E_DRILL");
    const custodian = drill.trailer.manifest.escrow.custodians.find((each) => each.seat === seat);
    const expected = drill.answers[seat];
    if (custodian === undefined || expected === undefined) throw new CustodyError("E_SHARE");
    const [given, right] = [decodeBase64url(answer), decodeBase64url(expected)];
    if (given.length !== right.length || !timingSafeEqual(given, right))
      throw new CustodyError("E_SHARE", `${custodian.label}'s share does not open this backup.`, {
        custodian: custodian.label,
      });
    if (!drill.answered.has(seat)) {
      this.#parts.record({ backup: drill.trailer.hash, cmd, seat, nonce: drill.nonce, answer });
      drill.answered.add(seat);
    }
    return drill;
  }

  #find(backup: string): Kept | null {
    const row = this.#parts.store.findRow("setting", rowId(backup));
    return row !== null && isAuthenticRow(this.#parts.root, "setting", row) ? decodeBody<Kept>(row) : null;
  }

  #put(backup: string, kept: Kept): void {
    const { store, root } = this.#parts;
    const row = sealRow(root, "setting", { id: rowId(backup), body: encodeBody(kept), leaf: 0 });
    store.transact(() => store.putRow("setting", row));
  }
}

function rowId(backup: string): string {
  return `drill/${backup}`;
}
