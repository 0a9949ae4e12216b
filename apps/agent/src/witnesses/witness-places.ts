import { readFileSync } from "node:fs";
import { join } from "node:path";
import { NOTE_TYPE, type NoteKey, parseVkey, TlogError } from "@holdfast/tlog";
import { writeDurably } from "../durable-file.ts";
import { StoreError } from "../keystore/errors.ts";
import { WitnessError } from "./witness-error.ts";

/** Name of the file in the data folder that says where witnesses are. Nothing in it is secret. */
export const WITNESSES_FILE = "witnesses.json";

/** A witness that this host was told of: where it answers, and by which key it is known. */
export interface WitnessPlace {
  /** The key's name. */
  readonly name: string;
  /** Submission prefix: `add-checkpoint` is below it. */
  readonly url: string;
  readonly vkey: string;
  /** PEM of the authority that its certificate is trusted by, where that is no public one. */
  readonly ca?: string;
}

/** Most witnesses of one agent. */
const MOST = 16;

/**
 * The witnesses that this host was told of.
 *
 * @throws {@link StoreError} `E_STORE` for a file that is there and cannot be read: a witness is not forgotten silently
 */
export function readWitnessPlaces(dataDirectory: string): WitnessPlace[] {
  let text: string;
  try {
    text = readFileSync(join(dataDirectory, WITNESSES_FILE), "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new StoreError("E_STORE", `The file ${WITNESSES_FILE} cannot be read.`);
  }
  try {
    const { ver, witnesses } = JSON.parse(text) as { ver: number; witnesses: WitnessPlace[] };
    if (ver === 1 && Array.isArray(witnesses)) {
      return witnesses.map(({ url, vkey, ca }) => readWitnessPlace({ url, vkey, ca }));
    }
  } catch {
    // Not such a file: refused below.
  }
  throw new StoreError("E_STORE", `The file ${WITNESSES_FILE} is not one that this program wrote.`);
}

/** Keeps the list, whole or not at all. @throws {@link WitnessError} `E_WITNESS` for too many */
export function writeWitnessPlaces(dataDirectory: string, witnesses: readonly WitnessPlace[]): void {
  if (witnesses.length > MOST) throw new WitnessError("E_WITNESS", `More than ${MOST} witnesses are too many.`);
  writeDurably(join(dataDirectory, WITNESSES_FILE), `${JSON.stringify({ ver: 1, witnesses }, null, 2)}\n`);
}

/**
 * Reads where a witness is and by which key it is known.
 *
 * @throws {@link WitnessError} `E_WITNESS` for an address that is neither https nor on this machine, or no witness's key
 */
export function readWitnessPlace(given: {
  readonly url: string;
  readonly vkey: string;
  readonly ca?: string | undefined;
}): WitnessPlace {
  const url = readUrl(given.url);
  const { name } = witnessKey(given.vkey);
  return { name, url, vkey: given.vkey, ...(given.ca === undefined ? {} : { ca: given.ca }) };
}

/** @throws {@link WitnessError} `E_WITNESS` */
export function witnessKey(vkey: string): NoteKey {
  try {
    const key = parseVkey(vkey);
    if (key.type === NOTE_TYPE.cosignature) return key;
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
  }
  throw new WitnessError("E_WITNESS", "That is no witness's verifier key.");
}

function readUrl(text: string): string {
  const url = URL.parse(text);
  const local = url?.protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname);
  const plain = url !== null && url.username === "" && url.password === "" && url.search === "" && url.hash === "";
  if (url === null || !plain || !(url.protocol === "https:" || local)) {
    throw new WitnessError(
      "E_WITNESS",
      "A witness's address is https, or http on this machine, without a question mark.",
    );
  }
  return url.href.replace(/\/+$/, "");
}

/** Keys whose cosignatures are believed: of witnesses that administrators named, and of those this host was told of. */
export function witnessKeys(dataDirectory: string, named: readonly { readonly vkey: string }[]): NoteKey[] {
  const vkeys = [...named, ...readWitnessPlaces(dataDirectory)].map(({ vkey }) => vkey);
  return [...new Set(vkeys)].map(parseVkey);
}
