import { utf8 } from "../encoding/bytes.ts";
import { TlogError } from "../errors.ts";
import { formatNote, type NoteSignature } from "./note.ts";
import { NOTE_TYPE, type NoteKey } from "./note-key.ts";

/** A private key that signs notes, wherever it lives: `sign` may answer at once or later (HSM, WebCrypto). */
export type NoteSigner = {
  readonly key: NoteKey;
  readonly sign: (message: Uint8Array) => Uint8Array | Promise<Uint8Array>;
};

/**
 * Signs a text as a C2SP note.
 *
 * @throws {@link TlogError} `V_MALFORMED` when the text cannot be a note, or a signer is of another type.
 */
export async function signNote(text: string, signers: readonly NoteSigner[]): Promise<string> {
  const signatures: NoteSignature[] = [];
  for (const signer of signers) {
    if (signer.key.type !== NOTE_TYPE.ed25519) throw new TlogError("V_MALFORMED", "not a note signing key");
    signatures.push(noteSignature(signer.key, await signer.sign(utf8(text))));
  }
  return formatNote({ text, signatures });
}

/**
 * A signature line's value from raw Ed25519 bytes; with `formatNote`, the way to sign synchronously
 * inside a store transaction.
 *
 * @throws {@link TlogError} `V_MALFORMED`
 */
export function noteSignature(key: NoteKey, signature: Uint8Array): NoteSignature {
  if (signature.length !== 64) throw new TlogError("V_MALFORMED", "an Ed25519 signature has 64 bytes");
  return { name: key.name, keyId: key.id, signature };
}
