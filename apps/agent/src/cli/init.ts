import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { type AllowedMakers, modelText } from "@holdfast/protocol";
import { isAgentName, SETTINGS_FILE } from "../agent-settings.ts";
import type { ToHandOut } from "../custody/custody.ts";
import type { KekSource } from "../custody/kek-source.ts";
import { type AgentMade, initAgent } from "../init-agent.ts";
import { CliError } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command, PASSPHRASE_OPTIONS } from "./command.ts";
import { handOutShares, requirePlaceForShares, takeBackShares } from "./hand-out-shares.ts";
import { keyDirectory } from "./key-directory.ts";
import { facts } from "./output.ts";
import { withPinOfNewAgent } from "./pin-of-new-agent.ts";
import { readKekChoice, UNSEAL_USAGE } from "./read-kek-choice.ts";
import { MAKER_OPTIONS, MAKER_USAGE, readMakers } from "./read-makers.ts";
import { tokenWords } from "./restored-text.ts";
import { endedWith, readPassphrase } from "./terminal.ts";

export const init: Command = {
  usage: `--data DIR [--standalone] [${UNSEAL_USAGE}] [--name NAME] [--passphrase-file PATH | --passphrase-fd N] [--shares-to DIR] [--recovery-passphrase-file PATH] [${MAKER_USAGE}]`,
  options: {
    ...COMMON_OPTIONS,
    ...PASSPHRASE_OPTIONS,
    ...MAKER_OPTIONS,
    standalone: { type: "boolean" },
    unseal: { type: "string" },
    store: { type: "string", default: "sqlite" },
    name: { type: "string" },
    "shares-to": { type: "string" },
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
    if (kek.kind === "shares") requirePlaceForShares(args.find("shares-to"), kek.threshold.parts, directory);
    const makers = readMakers(args);
    if (makers !== null && args.flag("standalone"))
      throw args.usageError("--passkey-makers is for domains with passkeys: a local administrator has none.");
    const recovery = args.find("recovery-passphrase-file");
    let shareFiles: string[] = [];
    const handOut = async ({ aid, ...given }: ToHandOut) => {
      const needed = kek.kind === "shares" ? kek.threshold.threshold : 0;
      const about = `Of the agent ${aid}: any ${needed} of ${given.shares.length} shares open it.`;
      shareFiles = await handOutShares({ ...given, about }, args.find("shares-to"));
    };
    const init = {
      dataDirectory: directory,
      keyDirectory: keyDirectory(),
      name,
      kek,
      standalone: args.flag("standalone"),
      ...(makers === null ? {} : { makers }),
      ...(recovery === undefined ? {} : { recoveryPassphrase: await readPassphrase({ file: recovery }, "") }),
      handOut,
    };
    const made = await endedWith("Stopped. No agent was made.", SHARES_ARE_VOID, () =>
      withPinOfNewAgent(() => initAgent(init)).catch((cause) => {
        takeBackShares(shareFiles);
        throw cause;
      }),
    );
    if (out.json && made.recoveryPassphrase !== null)
      process.stderr.write(
        "The output holds the recovery file's passphrase, once: keep it in no log. With --recovery-passphrase-file it holds none.\n",
      );
    out.result(
      {
        aid: made.aid,
        tid: made.tid,
        name,
        data: directory,
        kek: made.kekPath ?? made.kek.kind,
        unseal: made.kek.kind,
        ...(made.kek.kind === "pkcs11" ? { hsm: made.kek.kek } : {}),
        shareFiles,
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
            ...(makers === null ? [] : [["passkeys", makersText(makers)] as [string, string]]),
            ["key-encryption key", kekText(made)],
            ["recovery file", made.recoveryPath],
            ...(made.recoveryPassphrase === null
              ? []
              : [["its passphrase", made.recoveryPassphrase] as [string, string]]),
          ]),
          "",
          ...credentialSteps(made),
          ...shareFiles.map(
            (path) => `A custodian's share: ${path}. Give each to one person, and take the files away.`,
          ),
          "Move the recovery file to another place, and keep its passphrase apart from it: together they open backups.",
          ...(made.recoveryPassphrase === null ? [] : ["The passphrase is shown this once."]),
        ].join("\n"),
    );
    return 0;
  },
};

const SHARES_ARE_VOID = "Destroy shares that were written down: they open nothing. Run it again when you want it done.";

function makersText({ aaguidAllow, roots }: AllowedMakers): string {
  const models = aaguidAllow.length === 0 ? "any model" : aaguidAllow.map(modelText).join(", ");
  return `${models}, of ${roots.length === 1 ? "one maker" : `${roots.length} makers`}; no other is taken`;
}

function kekText({ kek, kekPath }: AgentMade): string {
  if (kek.kind === "passphrase") return "from your passphrase";
  if (kek.kind === "pkcs11") return tokenWords(kek.kek);
  if (kek.kind === "shares") return `from custodians: ${shareWords(kek)}`;
  return kekPath ?? `the credential ${kek.kind === "credential" ? kek.name : ""} that the service manager gave`;
}

function shareWords(kek: KekSource): string {
  return kek.kind === "shares" ? `any ${kek.needed} of ${kek.commits.length} shares open it.` : "";
}

/** What makes a file that was made into a credential. */
function credentialSteps({ kek, kekPath }: AgentMade): string[] {
  if (kek.kind !== "credential" || kekPath === null) return [];
  return [
    "Hand that file to the service manager, and take it away (as root):",
    `  systemd-creds encrypt --name=${kek.name} ${kekPath} /etc/credstore.encrypted/${kek.name} && shred -u ${kekPath}`,
    `The unit then has: LoadCredentialEncrypted=${kek.name} (\`holdfast-agent service\` prints one).`,
    "",
  ];
}
