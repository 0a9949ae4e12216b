import { openCheckpoint, type VerifiedCheckpoint } from "../checkpoint/checkpoint.ts";
import { type Cosignature, verifyCosignatures } from "../cosignature/cosignature.ts";
import { TlogError } from "../errors.ts";
import { parseSignatureLines, type SignedNote } from "../note/note.ts";
import type { NoteKey } from "../note/note-key.ts";

/** Which witnesses a reader believes, and how many of them must have cosigned. */
export type WitnessPolicy = { readonly witnesses: readonly NoteKey[]; readonly required: number };

/** A checkpoint with the witnesses' statements that were verified. */
export type WitnessedCheckpoint = VerifiedCheckpoint & { readonly cosignatures: readonly Cosignature[] };

/**
 * Opens a checkpoint and counts its cosignatures against a policy.
 *
 * @throws {@link TlogError} `W_UNAVAILABLE` with fewer witnesses than required, and whatever {@link openCheckpoint}
 * and {@link verifyCosignatures} refuse.
 */
export async function openWitnessedCheckpoint(
  note: Uint8Array | string | SignedNote,
  log: { readonly origin: string; readonly keys: readonly NoteKey[] },
  policy: WitnessPolicy,
): Promise<WitnessedCheckpoint> {
  const checkpoint = await openCheckpoint(note, log.origin, log.keys);
  const cosignatures = await verifyCosignatures(checkpoint.note, policy.witnesses);
  if (cosignatures.length < policy.required) {
    throw new TlogError("W_UNAVAILABLE", "too few witnesses have cosigned", {
      required: policy.required,
      present: cosignatures.length,
    });
  }
  return { ...checkpoint, cosignatures };
}

/**
 * Adds a witness's answer to the note it cosigned: the lines of known witnesses that verify, nothing else.
 *
 * @throws {@link TlogError} `V_SIGNATURE` when a known witness's line does not fit, `W_UNAVAILABLE` when the answer
 * holds no line of a known witness, `V_MALFORMED`, `E_LIMIT`.
 */
export async function addCosignatures(
  note: SignedNote,
  answer: string,
  witnesses: readonly NoteKey[],
): Promise<SignedNote> {
  const lines = parseSignatureLines(answer).filter((line) =>
    witnesses.some((key) => key.name === line.name && key.id === line.keyId),
  );
  const found = await verifyCosignatures({ text: note.text, signatures: lines }, witnesses);
  if (found.length === 0) throw new TlogError("W_UNAVAILABLE", "the answer holds no cosignature of a known witness");
  const others = note.signatures.filter(
    (old) => !lines.some((line) => line.name === old.name && line.keyId === old.keyId),
  );
  return { text: note.text, signatures: [...others, ...lines] };
}

/**
 * Compares two checkpoints of one log that both verified, and names the proof of misbehaviour if they cannot both
 * be honest: two roots of one size.
 *
 * @throws {@link TlogError} `W_EQUIVOCATION`
 */
export function assertNoEquivocation(a: VerifiedCheckpoint, b: VerifiedCheckpoint): void {
  if (a.origin !== b.origin || a.size !== b.size) return;
  if (a.root.some((byte, at) => byte !== b.root[at])) {
    throw new TlogError("W_EQUIVOCATION", "two roots of one size were signed", { size: a.size });
  }
}
