import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import { createSecureContext } from "node:tls";
import { fileURLToPath } from "node:url";
import { NOTE_TYPE, noteKey, parseCheckpoint, parseNote, TlogError } from "@holdfast/tlog";
import { SETTINGS_FILE } from "../agent-settings.ts";
import { takeLock } from "../data-lock.ts";
import { parseListenAddress } from "../endpoints/listen-address.ts";
import { createProcessLogger } from "../logger.ts";
import { readLogKey } from "../witness-service/followed-logs.ts";
import { openMemberWitness } from "../witness-service/member-witness.ts";
import { Witness } from "../witness-service/witness.ts";
import { WitnessError } from "../witness-service/witness-error.ts";
import { KEY_FILE } from "../witness-service/witness-key.ts";
import { startWitnessServer } from "../witness-service/witness-server.ts";
import type { Arguments } from "./arguments.ts";
import { CliError } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { readNamedFile } from "./named-file.ts";
import { table } from "./output.ts";
import { hardening, quoteUnitWord } from "./unit-hardening.ts";
import { untilToldToStop } from "./until-told-to-stop.ts";

const BIN = fileURLToPath(new URL("../../bin/holdfast-agent.mjs", import.meta.url));
const LISTEN = "127.0.0.1:7450";
const SERVE_OPTIONS = {
  ...COMMON_OPTIONS,
  listen: { type: "string", default: LISTEN },
  name: { type: "string" },
  follow: { type: "string", multiple: true },
  "tls-cert": { type: "string" },
  "tls-key": { type: "string" },
} as const;

const witnessServe: Command = {
  usage: "--data DIR [--listen H:P] [--name NAME] [--follow VKEY]… [--tls-cert FILE --tls-key FILE]",
  options: SERVE_OPTIONS,
  async run({ args, dataDirectory }) {
    const ended = untilToldToStop();
    const folder = dataDirectory();
    const [name, listen, tls] = [readName(args), args.get("listen"), readTls(args)];
    parseListenAddress(listen);
    for (const vkey of args.all("follow")) readLogKey(vkey);
    const witness = openWitness(folder, name);
    const lock = takeLock(folder);
    try {
      for (const vkey of args.all("follow")) witness.logs.follow(vkey);
      const served = await startWitnessServer({
        ...{ witness, listen, tls, logger: createProcessLogger() },
      });
      const { vkey } = witness;
      const ready = { ready: true, url: served.url, name: witness.name, vkey, logs: witness.logs.all().length };
      process.stdout.write(`${JSON.stringify(ready)}\n`);
      await ended;
      await served.close();
    } finally {
      lock.close();
    }
    return 0;
  },
};

const witnessFollow: Command = {
  usage: "--data DIR VKEY [--origin ORIGIN]",
  words: 1,
  options: { ...COMMON_OPTIONS, origin: { type: "string" } },
  async run({ args, out, dataDirectory }) {
    const vkey = args.word(0, "VKEY");
    readLogKey(vkey); // before a folder is made for it
    const witness = openWitness(dataDirectory());
    const log = witness.logs.follow(vkey, args.find("origin"));
    out.result({ ...log, witness: witness.vkey }, () =>
      [
        `The witness follows ${log.origin}, also while it runs.`,
        "Give the log's key server the witness's address and key:",
        `  holdfast-agent witness add ADDRESS '${witness.vkey}'`,
      ].join("\n"),
    );
    return 0;
  },
};

const witnessForget: Command = {
  usage: "--data DIR ORIGIN",
  words: 1,
  options: COMMON_OPTIONS,
  async run({ args, out, dataDirectory }) {
    const origin = args.word(0, "ORIGIN");
    const { logs } = openMade(dataDirectory());
    if (logs.find(origin) === null)
      throw new WitnessError("E_WITNESS_LOG", `The witness follows no log ${origin}.`, "See `witness logs`.");
    logs.forget(origin);
    out.result({ forgotten: origin }, `Forgotten: ${origin}. It is followed again only when you say so.`);
    return 0;
  },
};

const witnessLogs: Command = {
  usage: "--data DIR",
  options: COMMON_OPTIONS,
  async run({ out, dataDirectory }) {
    const { logs, vkey, name } = openMade(dataDirectory());
    const rows = logs.all().map(({ origin, vkeys }) => {
      const note = logs.headNote(origin);
      const size = note === null ? null : parseCheckpoint(parseNote(note).text).size;
      return { origin, vkeys, size, others: logs.others(origin).length };
    });
    out.result({ name, vkey, logs: rows }, () =>
      [
        `This witness's key: ${vkey}`,
        rows.length === 0
          ? "It follows no log yet: `holdfast-agent witness follow`."
          : table(
              ["LOG", "SEEN", "SIGNED HEADS THAT WERE NOT COSIGNED"],
              rows.map(({ origin, size, others }) => [
                origin,
                size === null ? "nothing" : String(size),
                String(others),
              ]),
            ),
      ].join("\n\n"),
    );
    return 0;
  },
};

const witnessUnit: Command = {
  usage: "--data DIR [--user NAME] [-- OPTIONS OF witness serve]",
  options: { ...COMMON_OPTIONS, user: { type: "string" } },
  words: 64,
  async run({ args, out, dataDirectory }) {
    const unit = unitText(dataDirectory(), args.find("user") ?? userInfo().username, args.positionals);
    out.artefact({ unit }, unit);
    return 0;
  },
};

/** What a witness's own folder and command line are for, in the order in which `--help` shows them. */
export const witnessServiceCommands = {
  "witness serve": witnessServe,
  "witness follow": witnessFollow,
  "witness forget": witnessForget,
  "witness logs": witnessLogs,
  "witness service": witnessUnit,
};

/** @throws {@link WitnessError} `E_WITNESS_FOLDER` for an agent's folder, unless it joined another's domain and serves no keys */
function openWitness(folder: string, name?: string): Witness {
  const now = () => Math.floor(Date.now() / 1000);
  const options = name === undefined ? { now } : { now, name };
  const member = openMemberWitness(folder, options);
  if (member !== null) return member;
  if (existsSync(join(folder, SETTINGS_FILE)))
    throw new WitnessError(
      "E_WITNESS_FOLDER",
      `The folder ${folder} is an agent's.`,
      "Give the witness a folder of its own, best on another machine.",
    );
  return Witness.open(folder, options);
}

/** @throws {@link WitnessError} `E_WITNESS_FOLDER` where there is none yet */
function openMade(folder: string): Witness {
  if (existsSync(join(folder, KEY_FILE)) || existsSync(join(folder, "witness", KEY_FILE))) return openWitness(folder);
  throw new WitnessError(
    "E_WITNESS_FOLDER",
    `The folder ${folder} holds no witness.`,
    "Make one by serving it: `holdfast-agent witness serve`.",
  );
}

/** @throws {@link CliError} `E_USAGE` for a name that no signature can carry */
function readName(args: Arguments): string | undefined {
  const name = args.find("name");
  try {
    if (name !== undefined) noteKey(name, NOTE_TYPE.cosignature, new Uint8Array(32));
    return name;
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
    throw args.usageError("--name is one word without spaces or +, best a name of yours: witness.example/1.");
  }
}

/** @throws {@link CliError} `E_USAGE` for one file without the other, `E_FILE` where they are no certificate and its key */
function readTls(args: Arguments): { cert: Buffer; key: Buffer } | null {
  const [cert, key] = [args.find("tls-cert"), args.find("tls-key")];
  if (cert === undefined && key === undefined) return null;
  if (cert === undefined || key === undefined) throw args.usageError("--tls-cert and --tls-key belong together.");
  const tls = { cert: readNamedFile(resolve(cert)), key: readNamedFile(resolve(key)) };
  try {
    createSecureContext(tls);
    return tls;
  } catch {
    throw new CliError(
      "E_FILE",
      `${cert} and ${key} are not a certificate with its chain and its key, both in PEM and without a passphrase.`,
      "Name the two files that belong together: --tls-cert FILE --tls-key FILE.",
    );
  }
}

function unitText(data: string, user: string, options: readonly string[]): string {
  const words = [process.execPath, BIN, "witness", "serve", "--data", data, ...options];
  return `[Unit]
Description=Holdfast witness: ${data.replaceAll("%", "%%")}
After=network-online.target
Wants=network-online.target

[Service]
Type=exec
User=${user}
ExecStart=${words.map(quoteUnitWord).join(" ")}
Restart=on-failure
RestartSec=2
TimeoutStopSec=20
${hardening({ data, privateDevices: true })}
[Install]
WantedBy=multi-user.target
`;
}
