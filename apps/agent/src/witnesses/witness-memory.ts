import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** When a witness last cosigned, and what. */
export interface LastCosigned {
  /** By the witness's clock, Unix seconds. */
  readonly at: number;
  readonly size: number;
  /** The note that it cosigned. */
  readonly note: string;
}

/** A witness's clock and the agent's running time at one moment, seconds. */
export interface ClockPair {
  readonly witness: number;
  readonly running: number;
}

/** What the agent remembers of its witnesses between two runs. */
export interface WitnessMemory {
  /** By vkey. */
  readonly cosigned: Map<string, LastCosigned>;
  /** For each act that waits, by witness, the first moment after it began to wait. */
  readonly waiting: Map<string, Map<string, ClockPair>>;
}

const FILE = "witness-memory.json";

/** Reads what was remembered; what cannot be read is nothing: witnesses tell it again. */
export function readWitnessMemory(dataDirectory: string): WitnessMemory {
  try {
    const { cosigned, waiting } = JSON.parse(readFileSync(join(dataDirectory, FILE), "utf8")) as {
      cosigned: Record<string, LastCosigned>;
      waiting: Record<string, Record<string, ClockPair>>;
    };
    return {
      cosigned: new Map(Object.entries(cosigned)),
      waiting: new Map(Object.entries(waiting).map(([hash, pairs]) => [hash, new Map(Object.entries(pairs))])),
    };
  } catch {
    return { cosigned: new Map(), waiting: new Map() };
  }
}

/** Keeps it: whole or not at all, and without waiting for the disk. */
export function writeWitnessMemory(dataDirectory: string, { cosigned, waiting }: WitnessMemory): void {
  const path = join(dataDirectory, FILE);
  const pairs = [...waiting].map(([hash, each]) => [hash, Object.fromEntries(each)]);
  const text = JSON.stringify({ cosigned: Object.fromEntries(cosigned), waiting: Object.fromEntries(pairs) });
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
