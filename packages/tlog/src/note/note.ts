import { decodeBase64, encodeBase64 } from "../encoding/base64.ts";
import { concatBytes, fromUtf8, utf8 } from "../encoding/bytes.ts";
import { TlogError } from "../errors.ts";
import { isKeyName, type NoteKey } from "./note-key.ts";

/** Most signatures a note may carry, and its largest size; the specification asks for at least 16. */
const MAX_NOTE_SIGNATURES = 64;
/** Largest signed note read. */
export const MAX_NOTE_BYTES = 65_536;

/** One signature line. `signature` is what follows the key id. */
export type NoteSignature = { readonly name: string; readonly keyId: number; readonly signature: Uint8Array };

/** A signed note as parsed: nothing in it is verified yet. */
export type SignedNote = { readonly text: string; readonly signatures: readonly NoteSignature[] };

/**
 * Parses a C2SP signed note without judging its signatures. Exactly the bytes that
 * {@link formatNote} writes are accepted, so a note has one spelling.
 *
 * @throws {@link TlogError} `V_MALFORMED`, or `E_LIMIT` for an oversize note or too many signatures.
 * @see C2SP signed-note, "Format"
 */
export function parseNote(note: Uint8Array | string): SignedNote {
  const bytes = typeof note === "string" ? utf8(note) : note;
  if (bytes.length > MAX_NOTE_BYTES) throw new TlogError("E_LIMIT", "note too large", { bytes: bytes.length });
  const whole = fromUtf8(bytes);
  if (typeof note === "string" && whole !== note) throw new TlogError("V_MALFORMED", "note is not well-formed Unicode");
  assertNoteCharacters(whole);
  const split = whole.lastIndexOf("\n\n");
  if (split < 0) throw new TlogError("V_MALFORMED", "a note needs an empty line before its signatures");
  return { text: whole.slice(0, split + 1), signatures: parseSignatureLines(whole.slice(split + 2)) };
}

/**
 * Parses signature lines alone, as a witness answers them.
 *
 * @throws {@link TlogError} `V_MALFORMED`, `E_LIMIT`
 */
export function parseSignatureLines(lines: string): NoteSignature[] {
  if (lines.length > MAX_NOTE_BYTES) throw new TlogError("E_LIMIT", "too many signature lines");
  if (!lines.endsWith("\n")) throw new TlogError("V_MALFORMED", "signature lines end in a newline");
  const parts = lines.slice(0, -1).split("\n");
  if (parts.length > MAX_NOTE_SIGNATURES) throw new TlogError("E_LIMIT", "too many signatures in a note");
  return parts.map(parseSignatureLine);
}

function parseSignatureLine(line: string): NoteSignature {
  const [, name = "", encoded = ""] = /^— ([^ ]+) ([A-Za-z0-9+/=]+)$/u.exec(line) ?? [];
  if (!isKeyName(name)) throw new TlogError("V_MALFORMED", "not a signature line");
  const bytes = decodeBase64(encoded);
  if (bytes.length < 5) throw new TlogError("V_MALFORMED", "a signature is too short");
  return { name, keyId: new DataView(bytes.buffer).getUint32(0), signature: bytes.slice(4) };
}

/** Writes one signature line, newline included. */
export function formatSignatureLine({ name, keyId, signature }: NoteSignature): string {
  const id = new Uint8Array(4);
  new DataView(id.buffer).setUint32(0, keyId);
  return `— ${name} ${encodeBase64(concatBytes(id, signature))}\n`;
}

/**
 * Writes a signed note.
 *
 * @throws {@link TlogError} `V_MALFORMED` when the text is not one a note can hold or there is no signature.
 */
export function formatNote({ text, signatures }: SignedNote): string {
  assertNoteText(text);
  if (signatures.length === 0) throw new TlogError("V_MALFORMED", "a note needs a signature");
  return `${text}\n${signatures.map(formatSignatureLine).join("")}`;
}

/**
 * Checks that a text can be signed as a note.
 *
 * @throws {@link TlogError} `V_MALFORMED`
 */
function assertNoteText(text: string): void {
  if (!text.endsWith("\n") || !text.isWellFormed()) throw new TlogError("V_MALFORMED", "not a note text");
  assertNoteCharacters(text);
}

function assertNoteCharacters(text: string): void {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 && code !== 0x0a) throw new TlogError("V_MALFORMED", "control character in a note");
  }
}

/** Whether a signature line claims to be by this key. Says nothing about its validity. */
export function isSignatureBy(signature: NoteSignature, key: NoteKey): boolean {
  return signature.name === key.name && signature.keyId === key.id;
}
