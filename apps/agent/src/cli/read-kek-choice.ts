import { resolve } from "node:path";
import { parsePkcs11Uri } from "@holdfast/crypto";
import type { KekChoice } from "../custody/kek-source.ts";
import type { Arguments } from "./arguments.ts";
import { readPassphrase } from "./terminal.ts";

/** Reads `--unseal`: a file outside the data folder (the default), or a passphrase. @throws {@link CliError} `E_USAGE` */
export async function readKekChoice(args: Arguments, prompt: string): Promise<KekChoice> {
  const unseal = args.find("unseal") ?? "file";
  if (unseal === "file") return { kind: "file" };
  if (unseal.startsWith("file:") && unseal.length > 5) return { kind: "file", path: resolve(unseal.slice(5)) };
  if (unseal.startsWith("pkcs11:")) return readHsmChoice(unseal, args);
  if (unseal !== "passphrase")
    throw args.usageError(`--unseal ${unseal} is none of passphrase, file:PATH and pkcs11:….`);
  const source = { file: args.find("passphrase-file"), descriptor: args.find("passphrase-fd") };
  return { kind: "passphrase", passphrase: await readPassphrase(source, prompt, true) };
}

/** A token; its PIN is asked for where the URI names no file of it. @throws {@link HsmError} `E_HSM_URI` */
async function readHsmChoice(uri: string, args: Arguments): Promise<KekChoice> {
  if (parsePkcs11Uri(uri).pinFile !== undefined) return { kind: "pkcs11", uri };
  const source = { file: args.find("passphrase-file"), descriptor: args.find("passphrase-fd") };
  return { kind: "pkcs11", uri, pin: await readPassphrase(source, "PIN of the token") };
}
