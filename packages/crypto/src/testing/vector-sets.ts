import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { expect } from "vitest";
import { CryptoError } from "../errors.ts";

const folder = process.env.HOLDFAST_VECTORS ?? fileURLToPath(new URL("../../../../../shared/vectors", import.meta.url));

/** True where the published vectors are. */
export const vectorsPresent = existsSync(`${folder}/crypto`);
if (!vectorsPresent) console.info("crypto vectors skipped: no vectors");

/** Adds a line to the summary that `npm run test:vectors` prints; nothing without it. */
function note(line: object): void {
  const file = process.env.HOLDFAST_VECTOR_TALLY;
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(line)}\n`);
}

/** Bytes of a field; an absent one is empty. */
export const hex = (text: unknown): Buffer => Buffer.from(typeof text === "string" ? text : "", "hex");

/** A field of a vector; sets differ in what they have. */
export type Fields = Readonly<Record<string, string>> & { readonly tcId: string };

/** One test of a set with the group it stands in. */
export interface Vector {
  readonly group: Readonly<Record<string, unknown>>;
  readonly entry: Fields & { readonly result: string; readonly flags: string };
}

export function readVectorFile(path: string): string {
  note({ read: path });
  const bytes = readFileSync(`${folder}/crypto/${path}`);
  return (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString();
}

function vectorsOf(text: string): Vector[] {
  const { testGroups } = JSON.parse(text) as { testGroups: { tests: Vector["entry"][] }[] };
  return testGroups.flatMap((group) => group.tests.map((entry) => ({ group: { ...group }, entry })));
}

export function wycheproof(file: string): Vector[] {
  return vectorsOf(readVectorFile(`wycheproof/${file}_test.json`));
}

export function acvp(set: string): Vector[] {
  return vectorsOf(readVectorFile(`acvp/${set}/internalProjection.json.gz`));
}

/** `ok`, the code of this package's refusal, or what else was thrown. */
export function codeOf(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    return error instanceof CryptoError ? error.code : `not ours: ${String(error)}`;
  }
  return "ok";
}

/** Counts what a set gave, and says it. */
export class Tally {
  #counts = new Map<string, number>();
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  /** Published as valid, and so it was. */
  accepted(): void {
    this.#add("accepted");
  }

  /** Published as invalid, and refused. */
  refused(): void {
    this.#add("refused");
  }

  /** Not run or refused by our own policy, whatever was published. */
  byPolicy(reason: string): void {
    this.#add(`refused by policy (${reason})`);
  }

  /** Checks the verdict against what was published. */
  verdict(verified: boolean, published: boolean, what: string): void {
    expect(verified, what).toBe(published);
    this.#add(published ? "accepted" : "refused");
  }

  /** Prints the counts and insists that something ran. */
  end(): void {
    const text = [...this.#counts].sort().map(([what, count]) => `${count} ${what}`);
    console.info(`${this.name}: ${text.join(", ")}`);
    note({ set: this.name, counts: Object.fromEntries(this.#counts) });
    expect(this.#counts.size, this.name).toBeGreaterThan(0);
  }

  #add(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }
}
