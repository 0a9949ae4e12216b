import { resolve } from "node:path";
import { FileSource } from "../migrate/file-source.ts";
import type { KeySource } from "../migrate/key-source.ts";
import type { MoveReport } from "../migrate/migrate.ts";
import { moveKeys } from "../migrate/move-keys.ts";
import { VaultPeer } from "../migrate/vault/vault-peer.ts";
import { VaultSource } from "../migrate/vault/vault-source.ts";
import { type CommandContext, EXIT_PENDING } from "./command.ts";
import { MoveTarget, PendingMove } from "./move-target.ts";
import { readNamedFile } from "./named-file.ts";
import { readPassphrase } from "./terminal.ts";
import { importSettings, keyFileForm } from "./transfer-options.ts";

const VAULT_PORT = 8200;
const LOOPBACK = new Set(["127.0.0.1", "localhost", "::1"]);

/** Whether a move is by imports, and not from one KMIP server to another. */
export function isKeyMove(from: string): boolean {
  return /^(?:vault(?:\+http)?:\/\/|file:)/.test(from);
}

/**
 * Moves keys out of Vault or a file by imports.
 *
 * @param show - Prints and keeps the report.
 * @returns the exit code: 3 when a step waits for approval; the same command goes on afterwards
 */
export async function runKeyMove(context: CommandContext, show: (report: MoveReport) => void): Promise<number> {
  const { args, admin, out } = context;
  const source = sourceOf(context);
  const progress = (done: number, of: number): void => out.say(`${done} of ${of} …`);
  try {
    const target = new MoveTarget(admin(), args.flag("wait"));
    const report = await moveKeys(source, target, { apply: args.flag("apply"), progress });
    show(report);
    return report.counts.failed > 0 ? 1 : 0;
  } catch (cause) {
    if (!(cause instanceof PendingMove)) throw cause;
    const { hash, approveUrl } = cause;
    out.result(
      { pending: hash, approveUrl },
      `A step waits for approval at\n  ${approveUrl}\nRun the same command again afterwards: it goes on where it was. Or add --wait.`,
    );
    return EXIT_PENDING;
  }
}

function sourceOf(context: CommandContext): KeySource {
  const { args } = context;
  const from = args.get("from");
  if (!from.startsWith("file:")) return new VaultSource(vaultPeer(context, from), vaultSettings(context));
  const path = resolve(from.slice("file:".length));
  const passphrase = () =>
    readPassphrase(
      { file: args.find("passphrase-file"), descriptor: args.find("passphrase-fd") },
      `Passphrase of ${path}`,
    );
  const form = keyFileForm(args);
  const algorithm = args.find("algorithm");
  const hints = { passphrase, ...(form === null ? {} : { form }), ...(algorithm === undefined ? {} : { algorithm }) };
  return new FileSource(path, readNamedFile(path), hints, importSettings(args));
}

function vaultSettings({ args }: CommandContext) {
  return { group: args.get("group"), extractable: args.flag("extractable"), mounts: args.all("mount") };
}

function vaultPeer({ args }: CommandContext, from: string): VaultPeer {
  const [, plain, bracketed, named, port] =
    /^vault(\+http)?:\/\/(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]{1,253}))(?::(\d{1,5}))?\/?$/.exec(from) ?? [];
  const host = bracketed ?? named;
  const number = Number(port ?? VAULT_PORT);
  if (host === undefined || number < 1 || number > 65_535)
    throw args.usageError(`--from ${from.slice(0, 60)} is not vault://HOST:PORT.`);
  if (plain !== undefined && !LOOPBACK.has(host))
    throw args.usageError("vault+http:// sends a token and keys in the clear: on this machine only.");
  const ca = args.find("ca");
  const token = readNamedFile(resolve(args.get("token-file")))
    .toString("utf8")
    .trim();
  return new VaultPeer({
    ...{ host, port: number, plain: plain !== undefined, token, namespace: args.find("namespace") },
    ...(ca === undefined ? {} : { ca: readNamedFile(resolve(ca)).toString("utf8") }),
  });
}
