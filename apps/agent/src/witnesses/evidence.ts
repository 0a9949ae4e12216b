import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeDurably } from "../durable-file.ts";

/** Two signed statements that cannot both be honest. */
export interface Evidence {
  readonly code: "E_SPLIT_BRAIN" | "E_LOG_ROLLBACK" | "W_EQUIVOCATION";
  /** Unix seconds. */
  readonly at: number;
  /** Who showed the other one: a witness's name, the control plane, a file. */
  readonly from: string;
  /** A note of this agent's log: of the same size, or the newest where the other is larger. */
  readonly ours: string;
  readonly theirs: string;
  /** The size at which they differ. */
  readonly size: number;
  /** For a witness that vouched for both: the note of ours that it cosigned, and the proof from that size to it, base64url. */
  readonly cosigned?: { readonly note: string; readonly proof: readonly string[] };
}

const FOLDER = "evidence";

/** Keeps evidence in the data folder, once. @returns whether it is new */
export function keepEvidence(dataDirectory: string, evidence: Evidence): boolean {
  const folder = join(dataDirectory, FOLDER);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const text = evidence.theirs.slice(0, evidence.theirs.indexOf("\n\n") + 1);
  const hash = createHash("sha256").update(text, "utf8").digest("hex").slice(0, 32);
  const path = join(folder, `${evidence.code}-${hash}.json`);
  if (readOne(path) !== null) return false;
  writeDurably(path, `${JSON.stringify(evidence, null, 2)}\n`);
  return true;
}

/** All that is kept, oldest first; what cannot be read is passed over: {@link unreadableEvidence}. */
export function readEvidence(dataDirectory: string): Evidence[] {
  return filesOf(dataDirectory)
    .map(readOne)
    .filter((each) => each !== null)
    .sort((one, other) => one.at - other.at);
}

/** Paths of files beside the evidence that are none, or are damaged. */
export function unreadableEvidence(dataDirectory: string): string[] {
  return filesOf(dataDirectory).filter((path) => readOne(path) === null);
}

function filesOf(dataDirectory: string): string[] {
  const folder = join(dataDirectory, FOLDER);
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

function readOne(path: string): Evidence | null {
  try {
    const { code, at, from, ours, theirs, size, ...rest } = JSON.parse(readFileSync(path, "utf8")) as Evidence;
    const isWhole =
      [code, from, ours, theirs].every((each) => typeof each === "string") &&
      Number.isSafeInteger(at) &&
      Number.isSafeInteger(size);
    return isWhole ? { code, at, from, ours, theirs, size, ...rest } : null;
  } catch {
    return null;
  }
}
