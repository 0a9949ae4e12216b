import { decodeBase64url, parseCoseKey, type Roster } from "@holdfast/protocol";
import {
  type Checkpoint,
  type Cosignature,
  logKey,
  logOrigin,
  type NoteKey,
  openCheckpoint,
  parseCheckpoint,
  parseNote,
  type SignedNote,
  TlogError,
  verifyCosignatures,
} from "@holdfast/tlog";
import type { LogHead } from "../custody-log/custody-log.ts";

/** The log that notes are held against, and whose signatures count. */
export interface NoteYardstick {
  readonly tid: string;
  /** Log keys of the domain's agents. */
  readonly agents: readonly NoteKey[];
  readonly witnesses: readonly NoteKey[];
  readonly size: number;
  readonly headAt: (size: number) => LogHead;
}

/**
 * What a note proves about this log.
 *
 * - `own`: it is a head of this very log. - `ahead`: an agent of the domain signed a larger tree than this one.
 * - `fork`: an agent of the domain signed another tree of a size that this log has passed.
 * - `vouched`: no agent signed it, but a witness vouches for another tree of such a size.
 * - `worthless`: nobody who counts signed it, or it is no note of this log.
 */
export interface Judged {
  readonly kind: "own" | "ahead" | "fork" | "vouched" | "worthless";
  readonly size: number;
  readonly note: string;
  /** Witnesses' statements on it that hold. */
  readonly cosignatures: readonly Cosignature[];
}

/** Judges a note that came from anywhere; throws for nothing that stands in it. */
export async function judgeNote(note: string, yardstick: NoteYardstick): Promise<Judged> {
  const worthless: Judged = { kind: "worthless", size: 0, note, cosignatures: [] };
  const read = readNote(note);
  if (read === null || read.checkpoint.origin !== logOrigin(yardstick.tid)) return worthless;
  const { checkpoint, parsed } = read;
  const cosignatures = await held(() => verifyCosignatures(parsed, yardstick.witnesses), []);
  const signed = await held(
    async () => (await openCheckpoint(parsed, checkpoint.origin, yardstick.agents)).by.length > 0,
    false,
  );
  const found = { size: checkpoint.size, note, cosignatures };
  if (!signed && cosignatures.length === 0) return worthless;
  if (checkpoint.size > yardstick.size) return { ...found, kind: signed ? "ahead" : "worthless" };
  if (Buffer.compare(yardstick.headAt(checkpoint.size).root, checkpoint.root) === 0) return { ...found, kind: "own" };
  return { ...found, kind: signed ? "fork" : "vouched" };
}

/** The log keys of a roster's agents. */
export function logKeysOf(tid: string, { agents }: Roster): NoteKey[] {
  return agents.flatMap(({ alk }) => {
    const key = parseCoseKey(decodeBase64url(alk));
    return key.alg === "EdDSA" ? [logKey(tid, key.x)] : [];
  });
}

function readNote(note: string): { parsed: SignedNote; checkpoint: Checkpoint } | null {
  try {
    const parsed = parseNote(note);
    return { parsed, checkpoint: parseCheckpoint(parsed.text) };
  } catch (error) {
    if (error instanceof TlogError) return null;
    throw error;
  }
}

async function held<T>(check: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof TlogError) return otherwise;
    throw error;
  }
}
