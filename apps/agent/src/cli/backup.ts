import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { ActAnswer } from "../admin/answers.ts";
import { writeSettings } from "../agent-settings.ts";
import type { Round } from "../backup/automatic-backups.ts";
import { restoreBackup } from "../custody/backup/restore-backup.ts";
import { verifyBackup } from "../custody/backup/verify-backup.ts";
import type { Arguments } from "./arguments.ts";
import { CliError } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command, type CommandContext, EXIT_PENDING, PASSPHRASE_OPTIONS } from "./command.ts";
import { keyDirectory } from "./key-directory.ts";
import { facts, showTime } from "./output.ts";
import { withPinOfNewAgent } from "./pin-of-new-agent.ts";
import { RESTORE_UNSEAL_USAGE, readKekOfRestore } from "./read-kek-choice.ts";
import { tellRestored } from "./restored-text.ts";
import { readPassphrase } from "./terminal.ts";

interface BackupAnswer {
  path: string;
  bytes: number;
  keys: number;
  size: number;
  madeAt: number;
}

/** A round may carry a large store to several places. */
export const LONGEST_ROUND_SECONDS = 7200;

/** Options that name the recovery file and how its passphrase is given. */
const RECOVERY_OPTIONS = {
  recovery: { type: "string" },
  "recovery-passphrase-file": { type: "string" },
  "recovery-passphrase-fd": { type: "string" },
} as const;

export const backupCreate: Command = {
  usage: "[--out FILE]",
  options: { ...COMMON_OPTIONS, out: { type: "string" } },
  async run(context) {
    const { admin, args, out } = context;
    if (args.find("out") === undefined) return backUpByPolicy(context);
    const path = resolve(args.get("out"));
    if (existsSync(path))
      throw new CliError(
        "E_FILE",
        `${path} is there already.`,
        "Name a file that is not there: nothing is overwritten.",
      );
    const made = await admin().post<BackupAnswer>("/v1/backup", { path }, 600);
    out.result(made, () =>
      facts([
        ["backup", made.path],
        ["holds", `${made.keys} keys, ${made.size} entries of the custody log`],
        ["made", showTime(made.madeAt)],
        ["bytes", String(made.bytes)],
      ]),
    );
    return 0;
  },
};

async function backUpByPolicy({ admin, out }: CommandContext): Promise<number> {
  const round = await admin().post<Round>("/v1/backups", {}, LONGEST_ROUND_SECONDS);
  const { made, places } = round;
  const kept = places.filter(({ code }) => code === null);
  const lines = places.map(({ name, what }) => [name, what ?? "written, read back and verified"] as const);
  out.result(round, () =>
    facts([
      ...(made === null ? [] : [["holds", `${made.keys} keys, ${made.size} entries of the custody log`] as const]),
      ...lines,
    ]),
  );
  return kept.length === places.length ? 0 : 1;
}

export const backupVerify: Command = {
  usage: "FILE [--recovery FILE [--recovery-passphrase-file PATH | --recovery-passphrase-fd N]]",
  words: 1,
  options: { ...COMMON_OPTIONS, ...RECOVERY_OPTIONS },
  async run({ args, out }) {
    const path = resolve(args.word(0, "FILE"));
    const { manifest, hash, bytes, opened } = await verifyBackup(
      path,
      args.find("recovery") === undefined ? undefined : await readRecovery(args),
    );
    const { tid, aid, made, keys, size } = manifest;
    const escrow = manifest.typ === "backup" ? manifest.escrow : null;
    const custodians = escrow && { k: escrow.k, custodians: escrow.custodians.map(({ label }) => label), hash };
    out.result({ path, bytes, opened, tid, aid, made, keys, size, ...(custodians ?? {}) }, () =>
      facts([
        ["backup", path],
        ["domain", tid],
        ...(custodians === null
          ? []
          : [["opened by", `any ${custodians.k} of ${custodians.custodians.join(", ")}`] as [string, string]]),
        ["made", `${showTime(made)} by ${aid}`],
        ["holds", `${keys} keys, ${size} entries of the custody log`],
        [
          "checked",
          opened
            ? "signature, digest, and that it opens with the recovery file"
            : "signature and digest; not opened (give --recovery)",
        ],
      ]),
    );
    return 0;
  },
};

export const backupRestore: Command = {
  usage: `FILE --data DIR --recovery FILE [--recovery-passphrase-file PATH | --recovery-passphrase-fd N] [${RESTORE_UNSEAL_USAGE}] [--passphrase-file PATH]`,
  words: 1,
  options: { ...COMMON_OPTIONS, ...PASSPHRASE_OPTIONS, ...RECOVERY_OPTIONS, unseal: { type: "string" } },
  async run({ args, out, dataDirectory }) {
    const directory = dataDirectory();
    const backup = resolve(args.word(0, "FILE"));
    const kek = await readKekOfRestore(args);
    const recovery = await readRecovery(args);
    const options = { backup, kek, dataDirectory: directory, keyDirectory: keyDirectory(), ...recovery };
    const restored = await withPinOfNewAgent(() => restoreBackup(options));
    writeSettings(directory, restored.settings);
    tellRestored(out, directory, restored);
    return 0;
  },
};

export const backupDrill: Command = {
  usage: "FILE [--reason TEXT]",
  words: 1,
  options: { ...COMMON_OPTIONS, reason: { type: "string" } },
  async run({ admin, args, out }) {
    const path = resolve(args.word(0, "FILE"));
    const request = { path, reason: args.find("reason") ?? "" };
    const begun = await admin().post<ActAnswer & { backup: string; custodianUrl: string | null }>(
      "/v1/escrow/drill",
      request,
      600,
    );
    const waits = begun.outcome === "pending";
    out.result(begun, () =>
      [
        waits
          ? `Proposed. Administrators approve it at\n  ${begun.approveUrl}`
          : "The backup is whole, and the drill has begun.",
        begun.custodianUrl === null
          ? "Each custodian answers with `holdfast-agent escrow give`."
          : `Each custodian answers at\n  ${begun.custodianUrl}\nor with \`holdfast-agent escrow give\`.`,
        "Who has answered: `holdfast-agent escrow status`.",
      ].join("\n"),
    );
    return waits ? EXIT_PENDING : 0;
  },
};

async function readRecovery(args: Arguments) {
  const recoveryFile = resolve(args.get("recovery"));
  const source = { file: args.find("recovery-passphrase-file"), descriptor: args.find("recovery-passphrase-fd") };
  return { recoveryFile, recoveryPassphrase: await readPassphrase(source, "Passphrase of the recovery file") };
}
