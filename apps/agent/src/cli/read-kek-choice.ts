import { resolve } from "node:path";
import type { KekChoice } from "../custody/kek-source.ts";
import type { Arguments } from "./arguments.ts";
import { readPassphrase } from "./terminal.ts";

/** Reads `--unseal`: a file outside the data folder (the default), or a passphrase. @throws {@link CliError} `E_USAGE` */
export async function readKekChoice(args: Arguments, prompt: string): Promise<KekChoice> {
  const unseal = args.find("unseal") ?? "file";
  if (unseal === "file") return { kind: "file" };
  if (unseal.startsWith("file:") && unseal.length > 5) return { kind: "file", path: resolve(unseal.slice(5)) };
  if (unseal !== "passphrase") throw args.usageError(`--unseal ${unseal} is neither passphrase nor file:PATH.`);
  const source = { file: args.find("passphrase-file"), descriptor: args.find("passphrase-fd") };
  return { kind: "passphrase", passphrase: await readPassphrase(source, prompt, true) };
}
