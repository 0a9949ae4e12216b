import {
  type Approval,
  type Command,
  commandHash,
  decodeBase64url,
  findCredential,
  isTightening,
  parseApproval,
  parseCommand,
} from "@holdfast/protocol";
import type { Store } from "../keystore/store.ts";
import type { AdmissionContext } from "./admission-context.ts";
import { AdmissionError } from "./errors.ts";

const FULL = {
  what: "Too many commands wait at this key server.",
  next: "Approve or reject what waits, or let it run out. What is proposed at the key server's own machine has room kept for it.",
};
const OF_PERSON = {
  what: "Too many commands wait that one person alone approved.",
  next: "Have others approve or reject those, or let them run out.",
};

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

/** Most that the mailbox brought and nobody signed: anybody who can reach the mailbox can make them. */
export const MAX_PENDING = 500;
/** Most that one person alone approved. */
export const MAX_OF_PERSON = 300;
/** Most that the mailbox brought, signed or not; and most in all, so that the host's own always fit. */
const MAX_FROM_MAILBOX = 1500;
const MAX_ALL = 2000;
/** How many more of each fit that only tighten. */
const ROOM_TO_TIGHTEN = 100;

/**
 * Commands that wait for approvals, kept until their time is over.
 *
 * They are not authoritative: the bytes name themselves and every approval is verified whenever it is counted.
 */
export class PendingCommands {
  readonly #store: Store;
  readonly #rosters: AdmissionContext["rosters"];
  readonly #records = new Map<string, PendingRecord>();
  readonly #commands = new Map<string, Command>();

  constructor(store: Store, rosters: AdmissionContext["rosters"]) {
    this.#store = store;
    this.#rosters = rosters;
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
    this.#checkRoom(record);
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

  #checkRoom(record: PendingRecord): void {
    const before = this.#records.get(record.hash);
    const { act } = this.#commands.get(record.hash) ?? parseCommand(decodeBase64url(record.doc));
    const more = isTightening(act) ? ROOM_TO_TIGHTEN : 0;
    const demand = (most: number, counts: (each: PendingRecord) => boolean, what: string, next: string) => {
      let have = 0;
      for (const each of this.#records.values()) if (each.hash !== record.hash && counts(each)) have += 1;
      if (have >= most + more) throw new AdmissionError("E_LIMIT", what, { most }, next);
    };
    const person = this.#soleApprover(record);
    if (person !== null && (before === undefined || this.#soleApprover(before) !== person))
      demand(MAX_OF_PERSON, (each) => this.#soleApprover(each) === person, OF_PERSON.what, OF_PERSON.next);
    if (before !== undefined) return;
    if (isForeign(record)) demand(MAX_FROM_MAILBOX, isForeign, FULL.what, FULL.next);
    if (isForeign(record) && isUnsigned(record))
      demand(MAX_PENDING, (each) => isForeign(each) && isUnsigned(each), FULL.what, FULL.next);
    demand(MAX_ALL, () => true, FULL.what, FULL.next);
  }

  /** The one person who decided on a record; null where nobody did, or several. */
  #soleApprover({ approvals }: PendingRecord): string | null {
    const [first, ...rest] = approvals.map(({ credId }) => this.#personOf(credId));
    return first !== undefined && rest.every((adm) => adm === first) ? first : null;
  }

  #personOf(credId: string): string | null {
    return findCredential(this.#rosters.current().roster, credId)?.administrator.adm ?? null;
  }

  #take(record: PendingRecord): void {
    this.#records.set(record.hash, record);
    if (!this.#commands.has(record.hash)) this.#commands.set(record.hash, parseCommand(decodeBase64url(record.doc)));
  }
}

function isForeign({ origin }: PendingRecord): boolean {
  return origin === "mailbox";
}

function isUnsigned({ approvals }: PendingRecord): boolean {
  return approvals.length === 0;
}

function readRecord(hash: string, body: string): PendingRecord {
  const value = JSON.parse(body) as PendingRecord;
  if (commandHash(decodeBase64url(value.doc)) !== hash) throw new AdmissionError("E_SCHEMA");
  const proposal = value.proposal === undefined ? {} : { proposal: parseApproval(value.proposal) };
  return { ...value, hash, approvals: value.approvals.map(parseApproval), ...proposal };
}
