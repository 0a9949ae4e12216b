import { openCheckpoint, parseCheckpoint, type VerifiedCheckpoint } from "../checkpoint/checkpoint.ts";
import { cosign } from "../cosignature/cosignature.ts";
import { equalBytes } from "../encoding/bytes.ts";
import { TlogError, type TlogErrorCode } from "../errors.ts";
import { verifyConsistency } from "../merkle/verify-proof.ts";
import { formatSignatureLine, type SignedNote } from "../note/note.ts";
import type { NoteKey } from "../note/note-key.ts";
import type { NoteSigner } from "../note/sign-note.ts";
import { type AddCheckpoint, parseAddCheckpoint } from "./add-checkpoint.ts";

/** The head a witness stored for one log; null when it never cosigned that log. */
export type WitnessHead = { readonly size: number; readonly root: Uint8Array } | null;

/** What a witness knows of a log, by origin. */
export type WitnessedLog = { readonly keys: readonly NoteKey[]; readonly head: WitnessHead };

/**
 * A refusal, ready to be answered. `signed` is the checkpoint where the log's signature held: worth keeping, for it may
 * prove another history. `evidence` is it once more where it certainly does: two roots of one size.
 */
export type WitnessRefusal = {
  readonly status: 400 | 403 | 404 | 409 | 422;
  readonly contentType: "text/x.tlog.size" | "text/plain; charset=utf-8";
  readonly body: string;
  readonly signed?: VerifiedCheckpoint;
  readonly evidence?: VerifiedCheckpoint;
};

/** An acceptance whose new head is not stored yet: nothing may be answered before `cosign`, nor that before storing. */
export type WitnessAcceptance = {
  readonly status: 200;
  readonly checkpoint: VerifiedCheckpoint;
  readonly cosign: (signer: NoteSigner, time: number) => Promise<string>;
};

/**
 * Judges an add-checkpoint request by the stored head, in the order of the specification, without changing anything.
 *
 * Trusts: `findLog` (own configuration and store). The body is hostile.
 * Caller must: on 200 store `checkpoint.size`, `root` and note with a compare-and-set on the old head, in one atomic
 * step; answer 409 with the then current size when that loses the race; and only then call `cosign`.
 *
 * @returns Never throws for a bad body: every input has an answer.
 * @see C2SP tlog-witness, "add-checkpoint"
 */
export async function acceptCheckpoint(
  body: Uint8Array | string,
  findLog: (origin: string) => WitnessedLog | null | Promise<WitnessedLog | null>,
): Promise<WitnessAcceptance | WitnessRefusal> {
  try {
    const request = parseAddCheckpoint(body);
    const { origin, size } = parseCheckpoint(request.note.text);
    const log = await findLog(origin);
    if (!log) return refusal(404, "unknown log");
    const checkpoint = await openCheckpoint(request.note, origin, log.keys);
    if (request.oldSize > size) return { ...refusal(400, "old size above the checkpoint's size"), signed: checkpoint };
    const judged = judge(request, checkpoint, log.head);
    return judged.status === 200 ? judged : { ...judged, signed: checkpoint };
  } catch (error) {
    if (error instanceof TlogError) return refusal(STATUS[error.code], error.message);
    throw error;
  }
}

const STATUS: Record<TlogErrorCode, 400 | 403 | 422> = {
  V_MALFORMED: 400,
  E_LIMIT: 400,
  V_SIGNATURE: 403,
  V_ROOT: 422,
  V_CONSISTENCY: 422,
  V_INCLUSION: 422,
  V_STALE: 422,
  W_EQUIVOCATION: 422,
  W_UNAVAILABLE: 422,
};

function judge(
  request: AddCheckpoint,
  checkpoint: VerifiedCheckpoint,
  head: WitnessHead,
): WitnessAcceptance | WitnessRefusal {
  const size = head?.size ?? 0;
  if (request.oldSize !== size) return sizeConflict(size);
  if (head && head.size === checkpoint.size && !equalBytes(head.root, checkpoint.root)) {
    return { ...sizeConflict(size), evidence: checkpoint };
  }
  if (size === 0) {
    if (request.proof.length > 0) return refusal(422, "a proof from the empty tree");
  } else if (head) {
    const refused = checkExtends(request, checkpoint, head);
    if (refused) return refused;
  }
  return { status: 200, checkpoint, cosign: (signer, time) => cosignatureLine(checkpoint.note, signer, time) };
}

function checkExtends(
  request: AddCheckpoint,
  checkpoint: VerifiedCheckpoint,
  head: NonNullable<WitnessHead>,
): WitnessRefusal | null {
  try {
    verifyConsistency({
      oldSize: head.size,
      newSize: checkpoint.size,
      oldRoot: head.root,
      newRoot: checkpoint.root,
      proof: request.proof,
    });
    return null;
  } catch (error) {
    if (error instanceof TlogError) return refusal(422, error.message);
    throw error;
  }
}

/** The 409 answer: the size that the next request must begin from. */
export function sizeConflict(size: number): WitnessRefusal {
  return { status: 409, contentType: "text/x.tlog.size", body: `${size}\n` };
}

function refusal(status: WitnessRefusal["status"], why: string): WitnessRefusal {
  return { status, contentType: "text/plain; charset=utf-8", body: `${why}\n` };
}

async function cosignatureLine(note: SignedNote, signer: NoteSigner, time: number): Promise<string> {
  return formatSignatureLine(await cosign(note.text, signer, time));
}
