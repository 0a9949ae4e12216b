import { utf8 } from "../encoding/bytes.ts";
import { TlogError } from "../errors.ts";
import { verifyEd25519 } from "./ed25519.ts";
import { isSignatureBy, type NoteSignature, parseNote, type SignedNote } from "./note.ts";
import { NOTE_TYPE, type NoteKey } from "./note-key.ts";

/** A note of which at least one signature by a known key holds; `by` names those keys. */
export type VerifiedNote = SignedNote & { readonly by: readonly NoteKey[] };

/**
 * Verifies a signed note against known keys of type Ed25519.
 *
 * Signatures by unknown keys are ignored. One bad signature by a known key refuses the whole note, so that nobody
 * can pass off a damaged note on the strength of another line.
 *
 * @throws {@link TlogError} `V_SIGNATURE` without a valid signature of a known key, `V_MALFORMED`, `E_LIMIT`.
 * @see C2SP signed-note, "Signatures"
 */
export async function verifyNote(
  note: Uint8Array | string | SignedNote,
  keys: readonly NoteKey[],
): Promise<VerifiedNote> {
  const parsed = typeof note === "string" || note instanceof Uint8Array ? parseNote(note) : note;
  const by: NoteKey[] = [];
  for (const signature of parsed.signatures) {
    const key = keys.find((each) => each.type === NOTE_TYPE.ed25519 && isSignatureBy(signature, each));
    if (!key || by.includes(key)) continue;
    await assertSignature(key, parsed.text, signature);
    by.push(key);
  }
  if (by.length === 0) throw new TlogError("V_SIGNATURE", "no signature by a known key");
  return { ...parsed, by };
}

async function assertSignature(key: NoteKey, text: string, { signature }: NoteSignature): Promise<void> {
  if (!(await verifyEd25519(key.publicKey, signature, utf8(text)))) {
    throw new TlogError("V_SIGNATURE", "a known key's signature does not fit the note");
  }
}
