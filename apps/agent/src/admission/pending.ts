import {
  type Approval,
  type Command,
  commandHash,
  decodeBase64url,
  parseApproval,
  parseCommand,
} from "@holdfast/protocol";
import type { Store } from "../keystore/store.ts";
import { AdmissionError } from "./errors.ts";

/** Where a proposal came from; shown to people, never trusted. */
export type ProposalOrigin = "mailbox" | "file" | "cli";

/** A command that waits, with the decisions it has. */
export interface PendingRecord {
  readonly hash: string;
  /** base64url of the command's bytes. */
  readonly doc: string;
  readonly approvals: readonly Approval[];
  /** The proposer's own signature, where the roster asks for one. */
  readonly proposal?: Approval;
  /** What was introduced for it, base64url. */
  readonly intros?: readonly string[];
  /** When each approval arrived, Unix seconds, in the order of `approvals`. */
  readonly approvedAt: readonly number[];
  readonly origin: ProposalOrigin;
  readonly receivedAt: number;
}

/** Most proposals that may wait: nobody has signed them, so anybody who can reach the mailbox can make them. */
export const MAX_PENDING = 500;
/** Most commands that may wait, those approved by somebody or proposed on this host included. */
const MAX_ALL = 4 * MAX_PENDING;

/**
 * Commands that wait for approvals, kept until their time is over.
 *
 * They are not authoritative: the bytes name themselves and every approval is verified whenever it is counted.
 */
export class PendingCommands {
  readonly #store: Store;
  readonly #records = new Map<string, PendingRecord>();
  readonly #commands = new Map<string, Command>();

  constructor(store: Store) {
    this.#store = store;
    for (const { hash, body } of store.pending()) {
      try {
        this.#take(readRecord(hash, body));
      } catch {
        store.removePending(hash); // not one of ours, or of another version
      }
    }
  }

  find(hash: string): PendingRecord | null {
    return this.#records.get(hash) ?? null;
  }

  /** The command of a record, read from its bytes. */
  command(hash: string): Command | null {
    return this.#commands.get(hash) ?? null;
  }

  all(): readonly PendingRecord[] {
    return [...this.#records.values()];
  }

  /** Keeps a record. @throws {@link AdmissionError} `E_LIMIT` when too many wait already */
  put(record: PendingRecord): void {
    const most = record.origin === "mailbox" && record.approvals.length === 0 ? MAX_PENDING : MAX_ALL;
    if (!this.#records.has(record.hash) && this.#records.size >= most) {
      throw new AdmissionError("E_LIMIT", "Too many commands wait at this agent.", { most });
    }
    this.#take(record);
    const { hash, ...rest } = record;
    this.#store.putPending({ hash, body: JSON.stringify(rest) });
  }

  /** Forgets a record; the store forgets it with the command's receipt. */
  drop(hash: string): void {
    if (!this.#records.delete(hash)) return;
    this.#commands.delete(hash);
    this.#store.removePending(hash);
  }

  #take(record: PendingRecord): void {
    this.#records.set(record.hash, record);
    if (!this.#commands.has(record.hash)) this.#commands.set(record.hash, parseCommand(decodeBase64url(record.doc)));
  }
}

function readRecord(hash: string, body: string): PendingRecord {
  const value = JSON.parse(body) as PendingRecord;
  if (commandHash(decodeBase64url(value.doc)) !== hash) throw new AdmissionError("E_SCHEMA");
  const proposal = value.proposal === undefined ? {} : { proposal: parseApproval(value.proposal) };
  return { ...value, hash, approvals: value.approvals.map(parseApproval), ...proposal };
}
