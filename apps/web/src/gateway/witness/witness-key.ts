import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from "node:fs";
import { formatVkey, NOTE_TYPE, type NoteSigner, noteKey } from "@holdfast/tlog";
import { GatewayError } from "../gateway-error.ts";

/** The witness of this control plane: it says which tree it saw, and authorises nothing. */
export interface Witness {
  readonly signer: NoteSigner;
  readonly vkey: string;
}

/** Ed25519 public keys end their SubjectPublicKeyInfo. */
const PUBLIC_KEY_BYTES = 32;

/** Reads the witness's key, or makes one on the first start. */
export function openWitness(file: string): Witness {
  if (!existsSync(file)) make(file);
  const { name, key } = read(file);
  const spki = createPublicKey(key).export({ type: "spki", format: "der" });
  const known = noteKey(name, NOTE_TYPE.cosignature, new Uint8Array(spki.subarray(-PUBLIC_KEY_BYTES)));
  return {
    signer: { key: known, sign: (message) => new Uint8Array(sign(null, message, key)) },
    vkey: formatVkey(known),
  };
}

function read(file: string): { name: string; key: KeyObject } {
  if ((statSync(file).mode & 0o077) !== 0) {
    throw new GatewayError("E_STORE", `The witness's key in ${file} can be read by others: chmod 600 it.`);
  }
  try {
    const [name = "", ...pem] = readFileSync(file, "utf8").split("\n");
    return { name, key: createPrivateKey(pem.join("\n")) };
  } catch {
    throw new GatewayError("E_STORE", `The witness's key in ${file} cannot be read.`);
  }
}

/** Whole or not at all: a half-written key would give the witness another name at the next start. */
function make(file: string): void {
  const { privateKey } = generateKeyPairSync("ed25519");
  const name = `holdfast-witness/${randomBytes(8).toString("hex")}`;
  const text = `${name}\n${privateKey.export({ type: "pkcs8", format: "pem" })}`;
  const fresh = openSync(`${file}.new`, "w", 0o600);
  writeSync(fresh, text);
  fsyncSync(fresh);
  closeSync(fresh);
  renameSync(`${file}.new`, file);
}
