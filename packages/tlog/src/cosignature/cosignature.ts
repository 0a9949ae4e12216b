import { concatBytes, utf8 } from "../encoding/bytes.ts";
import { TlogError } from "../errors.ts";
import { assertCount } from "../merkle/node-id.ts";
import { verifyEd25519 } from "../note/ed25519.ts";
import { isSignatureBy, type NoteSignature, type SignedNote } from "../note/note.ts";
import { NOTE_TYPE, type NoteKey } from "../note/note-key.ts";
import type { NoteSigner } from "../note/sign-note.ts";

/** A witness's statement that was verified: who, and at what Unix second it saw this as the largest tree. */
export type Cosignature = { readonly key: NoteKey; readonly time: number };

/** The bytes an Ed25519 cosigner signs for a checkpoint's text. */
export function cosignatureMessage(checkpointText: string, time: number): Uint8Array {
  assertCount(time, "cosignature time");
  return utf8(`cosignature/v1\ntime ${time}\n${checkpointText}`);
}

/**
 * Cosigns a checkpoint's text.
 *
 * Caller must: have verified consistency with every checkpoint cosigned before and stored this one first
 * (see `acceptCheckpoint`); a cosignature cannot be taken back.
 *
 * @throws {@link TlogError} `V_MALFORMED` when the signer's key is no cosigner's key.
 * @see C2SP tlog-cosignature v1, "Ed25519 signed message"
 */
export async function cosign(checkpointText: string, signer: NoteSigner, time: number): Promise<NoteSignature> {
  if (signer.key.type !== NOTE_TYPE.cosignature) throw new TlogError("V_MALFORMED", "not a cosigner's key");
  const signature = await signer.sign(cosignatureMessage(checkpointText, time));
  if (signature.length !== 64) throw new TlogError("V_MALFORMED", "an Ed25519 signature has 64 bytes");
  const stamp = new Uint8Array(8);
  new DataView(stamp.buffer).setBigUint64(0, BigInt(time));
  return { name: signer.key.name, keyId: signer.key.id, signature: concatBytes(stamp, signature) };
}

/**
 * Verifies the cosignatures that known witnesses put on a checkpoint note; lines of unknown keys are ignored.
 *
 * @returns At most one cosignature for each known witness, the newest one.
 * @throws {@link TlogError} `V_SIGNATURE` when a line of a known witness does not fit, `V_MALFORMED` for one of
 * another length or with an impossible time.
 */
export async function verifyCosignatures(note: SignedNote, witnesses: readonly NoteKey[]): Promise<Cosignature[]> {
  const newest = new Map<NoteKey, Cosignature>();
  for (const line of note.signatures) {
    const key = witnesses.find((each) => each.type === NOTE_TYPE.cosignature && isSignatureBy(line, each));
    if (!key) continue;
    const time = await verifyCosignature(note.text, line, key);
    if (time >= (newest.get(key)?.time ?? 0)) newest.set(key, { key, time });
  }
  return [...newest.values()];
}

async function verifyCosignature(text: string, { signature }: NoteSignature, key: NoteKey): Promise<number> {
  if (signature.length !== 72) throw new TlogError("V_MALFORMED", "an Ed25519 cosignature has 72 bytes");
  const time = Number(new DataView(signature.buffer, signature.byteOffset).getBigUint64(0));
  if (!Number.isSafeInteger(time)) throw new TlogError("V_MALFORMED", "cosignature time out of range");
  if (!(await verifyEd25519(key.publicKey, signature.slice(8), cosignatureMessage(text, time)))) {
    throw new TlogError("V_SIGNATURE", "a known witness's cosignature does not fit the checkpoint");
  }
  return time;
}
