import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { isAgentName, SETTINGS_FILE } from "../agent-settings.ts";
import type { KekSource } from "../custody/kek-source.ts";
import { initAgent } from "../init-agent.ts";
import { CliError } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command, PASSPHRASE_OPTIONS } from "./command.ts";
import { keyDirectory } from "./key-directory.ts";
import { facts } from "./output.ts";
import { readKekChoice } from "./read-kek-choice.ts";
import { readPassphrase } from "./terminal.ts";

export const init: Command = {
  name: "init",
  summary: "Make a new agent: its keys, its key-encryption key, its recovery file",
  usage:
    "--data DIR [--standalone] [--unseal file:PATH|passphrase|pkcs11:URI] [--name NAME] [--passphrase-file PATH | --passphrase-fd N] [--recovery-passphrase-file PATH]",
  options: {
    ...COMMON_OPTIONS,
    ...PASSPHRASE_OPTIONS,
    standalone: { type: "boolean" },
    unseal: { type: "string" },
    store: { type: "string", default: "sqlite" },
    name: { type: "string" },
    "recovery-passphrase-file": { type: "string" },
  },
  async run({ args, out, dataDirectory }) {
    const directory = dataDirectory();
    if (existsSync(join(directory, SETTINGS_FILE))) {
      throw new CliError(
        "E_DATA_EXISTS",
        `${directory} already has an agent.`,
        "Serve that one, or name another folder with --data.",
      );
    }
    if (args.get("store") !== "sqlite") throw args.usageError("--store takes sqlite in this version.");
    const name = args.find("name") ?? hostname().slice(0, 64);
    if (!isAgentName(name)) throw args.usageError("--name is 1 to 64 visible characters.");
    const kek = await readKekChoice(args, "Passphrase that will unseal this agent");
    const recovery = args.find("recovery-passphrase-file");
    const made = await initAgent({
      dataDirectory: directory,
      keyDirectory: keyDirectory(),
      name,
      kek,
      standalone: args.flag("standalone"),
      ...(recovery === undefined ? {} : { recoveryPassphrase: await readPassphrase({ file: recovery }, "") }),
    });
    const kekText = kekWords(made.kek);
    out.result(
      {
        aid: made.aid,
        tid: made.tid,
        name,
        data: directory,
        kek: made.kek.kind === "file" ? made.kek.path : made.kek.kind,
        ...(made.kek.kind === "pkcs11" ? { hsm: made.kek.kek } : {}),
        recoveryFile: made.recoveryPath,
        recoveryPassphrase: made.recoveryPassphrase,
      },
      () =>
        [
          facts([
            ["agent", `${name} (${made.aid})`],
            [
              "domain",
              made.tid === null
                ? "not founded yet: serve it, and open the address it prints"
                : `${made.tid}, with a local administrator`,
            ],
            ["data", directory],
            ["key-encryption key", kekText],
            ["recovery file", made.recoveryPath],
            ...(made.recoveryPassphrase === null
              ? []
              : [["its passphrase", made.recoveryPassphrase] as [string, string]]),
          ]),
          "",
          "Move the recovery file to another place, and keep its passphrase apart from it: together they open backups.",
          ...(made.recoveryPassphrase === null ? [] : ["The passphrase is shown this once."]),
        ].join("\n"),
    );
    return 0;
  },
};

/** Where the key-encryption key is, for people. */
function kekWords(kek: KekSource): string {
  if (kek.kind === "file") return kek.path;
  if (kek.kind === "passphrase") return "from your passphrase";
  const { serial, label, check, mode } = kek.kek;
  return `${label} in the token ${serial} (${mode}, check value ${check ?? "none"}); it never leaves it`;
}
