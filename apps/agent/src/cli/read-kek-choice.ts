import { resolve } from "node:path";
import { parsePkcs11Uri } from "@holdfast/crypto";
import type { KekChoice } from "../custody/kek-source.ts";
import type { Arguments } from "./arguments.ts";
import { readPassphrase } from "./terminal.ts";

/** What `--unseal` takes, for usage texts. */
export const UNSEAL_USAGE = "--unseal file:PATH|passphrase|credential:NAME|shares:MofN|pkcs11:URI";

/** What it takes for a key server that is restored. */
export const RESTORE_UNSEAL_USAGE = "--unseal file:PATH|passphrase|pkcs11:URI";

/**
 * Reads `--unseal`: a file outside the data folder (the default), a passphrase, a credential of the service manager,
 * shares of custodians, or a key in a token.
 *
 * @throws {@link CliError} `E_USAGE`
 */
export async function readKekChoice(args: Arguments, prompt: string): Promise<KekChoice> {
  const unseal = args.find("unseal") ?? "file";
  const [kind = "", ...rest] = unseal.split(":");
  const detail = rest.join(":");
  if (unseal === "file") return { kind: "file" };
  if (kind === "file" && detail !== "") return { kind: "file", path: resolve(detail) };
  if (kind === "pkcs11") return readHsmChoice(unseal, args);
  if (kind === "credential" && detail !== "") return { kind: "credential", name: detail };
  const numbers = /^(\d{1,2})of(\d{1,2})$/.exec(kind === "shares" ? detail : "");
  if (numbers) return { kind: "shares", threshold: { threshold: Number(numbers[1]), parts: Number(numbers[2]) } };
  if (unseal !== "passphrase") throw args.usageError(`--unseal ${unseal} is none of: ${UNSEAL_USAGE.slice(9)}.`);
  const source = { file: args.find("passphrase-file"), descriptor: args.find("passphrase-fd") };
  return { kind: "passphrase", passphrase: await readPassphrase(source, prompt, true) };
}

/** The same for an agent that is restored: nobody is there to be handed shares, or a credential's file. @throws as it */
export async function readKekOfRestore(args: Arguments): Promise<KekChoice> {
  if (/^(shares|credential):/.test(args.find("unseal") ?? ""))
    throw args.usageError(
      "A restored key server opens with a file, a passphrase or a token first; once it serves, `holdfast-agent rekey` takes shares and credentials.",
    );
  return readKekChoice(args, "New passphrase that will unseal this agent");
}

/** A token; its PIN is asked for where the URI names no file of it. @throws {@link HsmError} `E_HSM_URI` */
async function readHsmChoice(uri: string, args: Arguments): Promise<KekChoice> {
  if (parsePkcs11Uri(uri).pinFile !== undefined) return { kind: "pkcs11", uri };
  const source = { file: args.find("passphrase-file"), descriptor: args.find("passphrase-fd") };
  return { kind: "pkcs11", uri, pin: await readPassphrase(source, "PIN of the token") };
}
