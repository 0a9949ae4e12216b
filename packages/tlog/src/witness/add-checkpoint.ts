import { decodeBase64, encodeBase64 } from "../encoding/base64.ts";
import { fromUtf8, parseDecimal, utf8 } from "../encoding/bytes.ts";
import { TlogError } from "../errors.ts";
import { HASH_BYTES } from "../merkle/hash.ts";
import { MAX_PROOF_HASHES } from "../merkle/verify-proof.ts";
import { formatNote, MAX_NOTE_BYTES, parseNote, type SignedNote } from "../note/note.ts";

/** Largest add-checkpoint body: a note, 63 proof lines and the old size. */
export const MAX_ADD_CHECKPOINT_BYTES = MAX_NOTE_BYTES + 4096;

/** A request to cosign `note`, with the proof that it extends the tree of `oldSize` leaves. */
export type AddCheckpoint = {
  readonly oldSize: number;
  readonly proof: readonly Uint8Array[];
  readonly note: SignedNote;
};

/**
 * Parses the body of an add-checkpoint request.
 *
 * @throws {@link TlogError} `V_MALFORMED`, `E_LIMIT`
 * @see C2SP tlog-witness, "add-checkpoint"
 */
export function parseAddCheckpoint(body: Uint8Array | string): AddCheckpoint {
  const bytes = typeof body === "string" ? utf8(body) : body;
  if (bytes.length > MAX_ADD_CHECKPOINT_BYTES) throw new TlogError("E_LIMIT", "add-checkpoint body too large");
  const text = fromUtf8(bytes);
  const split = text.indexOf("\n\n");
  if (split < 0) throw new TlogError("V_MALFORMED", "add-checkpoint needs an empty line before the checkpoint");
  const [old = "", ...lines] = text.slice(0, split).split("\n");
  if (!old.startsWith("old ")) throw new TlogError("V_MALFORMED", "add-checkpoint begins with the old size");
  if (lines.length > MAX_PROOF_HASHES) throw new TlogError("V_MALFORMED", "add-checkpoint has too many proof lines");
  return {
    oldSize: parseDecimal(old.slice(4)),
    proof: lines.map(parseProofLine),
    note: parseNote(text.slice(split + 2)),
  };
}

function parseProofLine(line: string): Uint8Array {
  const hash = decodeBase64(line);
  if (hash.length !== HASH_BYTES) throw new TlogError("V_MALFORMED", "a proof line is not a hash");
  return hash;
}

/** Writes the body of an add-checkpoint request. */
export function formatAddCheckpoint({ oldSize, proof, note }: AddCheckpoint): string {
  const lines = [`old ${oldSize}`, ...proof.map(encodeBase64)];
  return `${lines.join("\n")}\n\n${formatNote(note)}`;
}
