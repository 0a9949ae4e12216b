import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readSettings } from "../agent-settings.ts";
import { Custody } from "../custody/custody.ts";
import type { KekSource } from "../custody/kek-source.ts";
import { SqliteSecretStore } from "../custody/secret-store.ts";
import { STORE_FILE } from "../init-agent.ts";
import { openDatabase } from "../keystore/sqlite/open-database.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { hardening, quoteUnitWord } from "./unit-hardening.ts";

const BIN = fileURLToPath(new URL("../../bin/holdfast-agent.mjs", import.meta.url));

export const service: Command = {
  usage: "[--user NAME] [-- OPTIONS OF serve]",
  options: { ...COMMON_OPTIONS, user: { type: "string" } },
  words: 64,
  async run({ args, out, dataDirectory }) {
    const data = dataDirectory();
    const { name } = readSettings(data);
    const kek = kekOf(data);
    const unit = unitText({
      name,
      data,
      kek,
      user: args.find("user") ?? userInfo().username,
      options: args.positionals,
    });
    out.artefact({ unit }, unit);
    return 0;
  },
};

/** How the agent is unsealed, read from its store, which is only looked at. */
function kekOf(data: string): KekSource {
  const database = openDatabase(join(data, STORE_FILE), { readOnly: true });
  try {
    return Custody.load(new SqliteSecretStore(database), { dataDirectory: data }).kek;
  } finally {
    database.close();
  }
}

interface UnitParts {
  readonly name: string;
  readonly data: string;
  readonly kek: KekSource;
  readonly user: string;
  readonly options: readonly string[];
}

/** The unit. What it leaves out, it leaves out for a reason: V8 makes code at run time, so MemoryDenyWriteExecute would end it. */
export function unitText({ name, data, kek, user, options }: UnitParts): string {
  const node = process.execPath;
  const words = [node, BIN, "serve", "--data", data, ...options].map(quoteUnitWord).join(" ");
  return `[Unit]
Description=Holdfast key server: ${name.replaceAll("%", "%%")}
After=network-online.target
Wants=network-online.target

[Service]
Type=exec
User=${user}
ExecStart=${words}
Restart=on-failure
RestartSec=2
TimeoutStopSec=60
${kekLines(kek).join("\n")}
${hardening({ data, privateDevices: kek.kind !== "pkcs11" })}
[Install]
WantedBy=multi-user.target
`;
}

function kekLines(kek: KekSource): string[] {
  if (kek.kind === "credential")
    return [`LoadCredentialEncrypted=${kek.name}`, "# or, without encryption: LoadCredential=NAME:/path/to/the/file"];
  if (kek.kind !== "file") return ["# It starts sealed: people unseal it (docs/operate/unseal.md)"];
  const home = dirname(kek.path);
  return existsSync(home) && home.startsWith("/home/") ? [`ReadOnlyPaths=${quoteUnitWord(home)}`] : [];
}
