import {
  acceptCheckpoint,
  addCosignatures,
  followCheckpoint,
  formatNote,
  openCheckpoint,
  openWitnessedCheckpoint,
  parseAddCheckpoint,
  parseCheckpoint,
  parseNote,
  parseVkey,
  verifyConsistency,
  verifyCosignatures,
  verifyInclusion,
  verifyNote,
} from "@holdfast/tlog";
import type { Case } from "./vector.ts";

type Input = Case["input"];
type Check = (input: Input) => unknown;

const text = (input: Input, name: string): string => input[name] as string;
const number = (input: Input, name: string): number => input[name] as number;
const bytes = (value: unknown) => new Uint8Array(Buffer.from(value as string, "base64url"));
const hashes = (value: unknown) => (value as string[]).map(bytes);
const keys = (value: unknown) => (value as string[]).map(parseVkey);
const head = (value: unknown) => {
  const given = value as { size: number; root: string } | null;
  return given && { size: given.size, root: bytes(given.root) };
};
const encoded = (value: Uint8Array) => Buffer.from(value).toString("base64url");

const CHECKS: Readonly<Record<string, Check>> = {
  parseNote: (input) => {
    parseNote(noteText(input));
  },
  parseVkey: (input) => parseVkey(text(input, "vkey")).name,
  verifyNote: async (input) => (await verifyNote(text(input, "note"), keys(input["vkeys"]))).by.map(({ name }) => name),
  parseCheckpoint: (input) => {
    const { origin, size, root } = parseCheckpoint(text(input, "text"));
    return { origin, size, root: encoded(root) };
  },
  openCheckpoint: async (input) => {
    const { size, root } = await openCheckpoint(text(input, "note"), text(input, "origin"), keys(input["vkeys"]));
    return { size, root: encoded(root) };
  },
  openWitnessedCheckpoint: async (input) => {
    const log = { origin: text(input, "origin"), keys: keys(input["vkeys"]) };
    const policy = { witnesses: keys(input["witnesses"]), required: number(input, "required") };
    const { cosignatures } = await openWitnessedCheckpoint(text(input, "note"), log, policy);
    return cosignatures.map(({ key, time }) => ({ name: key.name, time }));
  },
  verifyCosignatures: async (input) =>
    (await verifyCosignatures(parseNote(text(input, "note")), keys(input["witnesses"]))).map(({ time }) => time),
  addCosignatures: async (input) =>
    formatNote(await addCosignatures(parseNote(text(input, "note")), text(input, "answer"), keys(input["witnesses"]))),
  followCheckpoint: (input) => {
    followCheckpoint(
      head(input["pinned"]),
      head(input["next"]) ?? { size: 0, root: bytes("") },
      hashes(input["proof"]),
    );
  },
  verifyInclusion: (input) =>
    verifyInclusion({
      index: number(input, "index"),
      size: number(input, "size"),
      leaf: bytes(input["leaf"]),
      root: bytes(input["root"]),
      proof: hashes(input["proof"]),
    }),
  verifyConsistency: (input) =>
    verifyConsistency({
      oldSize: number(input, "oldSize"),
      newSize: number(input, "newSize"),
      oldRoot: bytes(input["oldRoot"]),
      newRoot: bytes(input["newRoot"]),
      proof: hashes(input["proof"]),
    }),
  parseAddCheckpoint: (input) => parseAddCheckpoint(text(input, "body")).oldSize,
  acceptCheckpoint: async (input) => {
    const log = { keys: keys(input["vkeys"]), head: head(input["head"]) };
    const origin = text(input, "origin");
    return (await acceptCheckpoint(text(input, "body"), (asked) => (asked === origin ? log : null))).status;
  },
};

/** A note as text, or, for what would be too long to read, `{text, times}` between `before` and `after`. */
function noteText(input: Input): string {
  if (typeof input["note"] === "string") return input["note"];
  const {
    before,
    text: repeated,
    times,
    after,
  } = input["repeat"] as {
    readonly before: string;
    readonly text: string;
    readonly times: number;
    readonly after: string;
  };
  return before + repeated.repeat(times) + after;
}

/**
 * Runs a case of the log's.
 *
 * @returns What it gives; undefined where it is only accepted.
 */
export async function runTlogVector({ check, input }: Pick<Case, "check" | "input">): Promise<unknown> {
  const run = CHECKS[check];
  if (run === undefined) throw new RangeError(`no check is called ${check}`);
  return run(input);
}

/** Whether the log has a check of that name. */
export function isTlogCheck(check: string): boolean {
  return Object.hasOwn(CHECKS, check);
}
