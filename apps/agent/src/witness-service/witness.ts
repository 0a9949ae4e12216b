import { mkdirSync } from "node:fs";
import {
  acceptCheckpoint,
  cosign,
  formatNote,
  formatSignatureLine,
  isSignatureBy,
  parseNote,
  TlogError,
  type VerifiedCheckpoint,
  type WitnessRefusal,
} from "@holdfast/tlog";
import { FollowedLogs } from "./followed-logs.ts";
import { openWitnessKey, type WitnessKey } from "./witness-key.ts";

/** An answer to add-checkpoint, exactly as the specification has it. */
export type WitnessAnswer =
  | { readonly status: 200; readonly contentType: "text/plain; charset=utf-8"; readonly body: string }
  | WitnessRefusal;

/**
 * A witness: remembers the newest head of each log it follows, and cosigns what extends it.
 *
 * A head is on the disk before its cosignature is answered, and requests are judged one after the other, so that of two
 * that race from one size one is cosigned and none takes the other back.
 *
 * @see C2SP tlog-witness; docs/spec/custody-log.md section 6
 */
export class Witness {
  readonly logs: FollowedLogs;
  readonly #key: WitnessKey;
  readonly #now: () => number;
  #queue: Promise<unknown> = Promise.resolve();

  /**
   * @param now - Unix seconds, for the cosignatures' times.
   * @throws {@link WitnessError} `E_WITNESS_FOLDER`
   */
  static open(folder: string, { name, now }: { readonly name?: string; readonly now: () => number }): Witness {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return new Witness(openWitnessKey(folder, name), new FollowedLogs(folder), now);
  }

  private constructor(key: WitnessKey, logs: FollowedLogs, now: () => number) {
    this.#key = key;
    this.logs = logs;
    this.#now = now;
  }

  get vkey(): string {
    return this.#key.vkey;
  }

  get name(): string {
    return this.#key.signer.key.name;
  }

  /** Answers one add-checkpoint request; any bytes have an answer. */
  addCheckpoint(body: Uint8Array): Promise<WitnessAnswer> {
    const turn = this.#queue.then(() => this.#judge(body));
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #judge(body: Uint8Array): Promise<WitnessAnswer> {
    const answer = await acceptCheckpoint(body, (origin) => {
      const log = this.logs.find(origin);
      return log && { keys: this.logs.keys(log), head: this.logs.head(origin) };
    });
    if (answer.status !== 200) {
      if (answer.signed !== undefined) this.logs.keepOther(stripped(answer.signed));
      return answer;
    }
    const head = stripped(answer.checkpoint);
    const { text, signatures } = head.note;
    const signature = await cosign(text, this.#key.signer, this.#now());
    const note = formatNote({ text, signatures: [...signatures, signature] });
    if (!isReadable(note))
      return { status: 400, contentType: "text/plain; charset=utf-8", body: "no room for a cosignature\n" };
    this.logs.keepHead(head, note);
    return { status: 200, contentType: "text/plain; charset=utf-8", body: formatSignatureLine(signature) };
  }
}

/** A head with the lines of the log's keys that hold, and nothing else that somebody put beside them. */
function stripped(head: VerifiedCheckpoint): VerifiedCheckpoint {
  const { text, signatures } = head.note;
  // Of several lines by one key the first is the one that was verified.
  const verified = head.by.flatMap((key) => signatures.find((line) => isSignatureBy(line, key)) ?? []);
  return { ...head, note: { text, signatures: verified } };
}

/** What is written has to be read again: else the memory is lost. */
function isReadable(note: string): boolean {
  try {
    parseNote(note);
    return true;
  } catch (error) {
    if (error instanceof TlogError) return false;
    throw error;
  }
}
