import { decodeBase64, encodeBase64 } from "../encoding/base64.ts";
import { equalBytes, parseDecimal } from "../encoding/bytes.ts";
import { TlogError } from "../errors.ts";
import { emptyRoot, HASH_BYTES } from "../merkle/hash.ts";
import { assertCount } from "../merkle/node-id.ts";
import { parseNote, type SignedNote } from "../note/note.ts";
import { NOTE_TYPE, type NoteKey, noteKey } from "../note/note-key.ts";
import { verifyNote } from "../note/verify-note.ts";

/** A log's state in three lines: which log, how many leaves, which root. */
export type Checkpoint = {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
  /** Opaque further lines. Ours has none and refuses them; other logs' are kept, because cosignatures cover them. */
  readonly extensions: readonly string[];
};

/** A checkpoint whose log signature was verified, with the note that carries it. */
export type VerifiedCheckpoint = Checkpoint & { readonly note: SignedNote; readonly by: readonly NoteKey[] };

/** Origin of a custody domain's log. */
export function logOrigin(tid: string): string {
  return `holdfast/${tid}`;
}

/** An agent's log key as a note key: its name is the origin, as the specification advises. */
export function logKey(tid: string, alk: Uint8Array): NoteKey {
  return noteKey(logOrigin(tid), NOTE_TYPE.ed25519, alk);
}

/**
 * Parses the text of a checkpoint note.
 *
 * @throws {@link TlogError} `V_MALFORMED`, `E_LIMIT`
 * @see C2SP tlog-checkpoint, "Note text"
 */
export function parseCheckpoint(text: string): Checkpoint {
  if (!text.endsWith("\n")) throw new TlogError("V_MALFORMED", "a checkpoint ends in a newline");
  const [origin, size, root, ...extensions] = text.slice(0, -1).split("\n");
  if (!origin || !size || !root || extensions.includes("")) {
    throw new TlogError("V_MALFORMED", "a checkpoint has at least three lines, none of them empty");
  }
  const checkpoint = { origin, size: parseDecimal(size), root: decodeBase64(root), extensions };
  if (checkpoint.root.length !== HASH_BYTES) throw new TlogError("V_MALFORMED", "a root hash has 32 bytes");
  return checkpoint;
}

/**
 * Writes the text of a checkpoint note.
 *
 * @throws {@link TlogError} `V_MALFORMED`
 */
export function formatCheckpoint({
  origin,
  size,
  root,
  extensions = [],
}: Omit<Checkpoint, "extensions"> & Partial<Checkpoint>): string {
  assertCount(size, "tree size");
  if (root.length !== HASH_BYTES) throw new TlogError("V_MALFORMED", "a root hash has 32 bytes");
  const lines = [origin, String(size), encodeBase64(root), ...extensions];
  if (lines.some((line) => line === "" || line.includes("\n"))) {
    throw new TlogError("V_MALFORMED", "a checkpoint line is empty or broken");
  }
  return `${lines.join("\n")}\n`;
}

/**
 * Opens a signed checkpoint of one log: parses it, compares its origin and verifies the log's signature.
 *
 * Extension lines are refused for `holdfast/` origins: no monitor could audit them.
 *
 * @throws {@link TlogError} `V_SIGNATURE` for another origin or no valid signature of a log key, `V_ROOT` for an
 * empty tree with a root of its own, `V_MALFORMED`, `E_LIMIT`.
 */
export async function openCheckpoint(
  note: Uint8Array | string | SignedNote,
  origin: string,
  logKeys: readonly NoteKey[],
): Promise<VerifiedCheckpoint> {
  const parsed = typeof note === "string" || note instanceof Uint8Array ? parseNote(note) : note;
  const checkpoint = parseCheckpoint(parsed.text);
  if (checkpoint.origin !== origin) throw new TlogError("V_SIGNATURE", "a checkpoint of another log");
  if (origin.startsWith("holdfast/") && checkpoint.extensions.length > 0) {
    throw new TlogError("V_MALFORMED", "a custody log's checkpoint has no extension lines");
  }
  const { by } = await verifyNote(parsed, logKeys);
  if (checkpoint.size === 0 && !equalBytes(checkpoint.root, emptyRoot())) {
    throw new TlogError("V_ROOT", "the empty tree has one root only");
  }
  return { ...checkpoint, note: parsed, by };
}
