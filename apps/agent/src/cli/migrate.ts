import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { KMIP_VERSIONS, type KmipVersion } from "@holdfast/kmip";
import type { StatusAnswer } from "../admin/answers.ts";
import { chooseVersion } from "../migrate/choose-version.ts";
import { KmipPeer, type PeerAddress } from "../migrate/kmip-peer.ts";
import { type MoveReport, migrate } from "../migrate/migrate.ts";
import { CliError } from "./cli-error.ts";
import { COMMON_OPTIONS, type Command, type CommandContext } from "./command.ts";
import { isKeyMove, runKeyMove } from "./migrate-keys.ts";
import { migrateText } from "./migrate-text.ts";
import { readNamedFile } from "./named-file.ts";
import { KEY_FILE_OPTIONS } from "./transfer-options.ts";

const KMIP_PORT = 5696;
/** What this agent is spoken to in: the version with Import whose objects and usages are the fullest. */
const TARGET_VERSION = "1.4";

export const migrateFrom: Command = {
  usage:
    "--from vault://HOST:PORT --token-file FILE [--mount M …] [--namespace NS] [--ca FILE] | --from file:PATH [as key register], [--group G] [--extractable] [--apply] [--report FILE] [--wait]   or   --from kmip://HOST:PORT --cert FILE --key FILE --ca FILE --to-cert DIR (--data DIR | --to kmip://HOST:PORT) [--apply] [--report FILE] [--server-name NAME] [--kmip-version 1.4]",
  options: {
    ...COMMON_OPTIONS,
    ...KEY_FILE_OPTIONS,
    wait: { type: "boolean" },
    "token-file": { type: "string" },
    namespace: { type: "string" },
    mount: { type: "string", multiple: true },
    from: { type: "string" },
    cert: { type: "string" },
    key: { type: "string" },
    ca: { type: "string" },
    to: { type: "string" },
    "to-cert": { type: "string" },
    "server-name": { type: "string" },
    "kmip-version": { type: "string" },
    apply: { type: "boolean" },
    report: { type: "string" },
  },
  async run(context) {
    const { args, out } = context;
    if (isKeyMove(args.get("from"))) return runKeyMove(context, (report) => show(context, report));
    const source = new KmipPeer(sourceAddress(context));
    const target = new KmipPeer(await targetAddress(context));
    try {
      await agreeOnVersion(context, source);
      target.version = TARGET_VERSION;
      const progress = (done: number, of: number): void => {
        if (done % 100 === 0 && done < of) out.say(`${done} of ${of} …`);
      };
      const report = await migrate({ source, target, apply: args.flag("apply"), progress });
      show(context, report);
      return report.counts.failed > 0 ? 1 : 0;
    } finally {
      source.close();
      target.close();
    }
  },
};

function show({ args, out }: CommandContext, report: MoveReport): void {
  const file = args.find("report");
  if (file !== undefined) writeReport(resolve(file), report);
  out.result(report, () => migrateText(report));
}

async function agreeOnVersion({ args }: CommandContext, source: KmipPeer): Promise<void> {
  const named = args.find("kmip-version");
  if (named === undefined) {
    await chooseVersion(source);
    return;
  }
  if (!(KMIP_VERSIONS as readonly string[]).includes(named))
    throw args.usageError(`--kmip-version is one of ${KMIP_VERSIONS.join(", ")}.`);
  source.version = named as KmipVersion;
}

function sourceAddress({ args }: CommandContext): PeerAddress {
  const [cert, key, ca] = ["cert", "key", "ca"].map((name) => readNamedFile(resolve(args.get(name))).toString("utf8"));
  const serverName = args.find("server-name");
  return { ...addressIn(args, "from", args.get("from")), serverName, ...({ cert, key, ca } as Pems) };
}

/** This agent, as the client whose folder `client create` wrote. */
async function targetAddress({ args, admin }: CommandContext): Promise<PeerAddress> {
  const folder = args.find("to-cert");
  if (folder === undefined || folder === "")
    throw new CliError(
      "E_USAGE",
      "--to-cert is missing: the folder of the client that takes the keys in.",
      "Enrol it: holdfast-agent client create NAME --cert DIR --grant 'all,get,import,alias on group:GROUP'",
    );
  const url = args.find("to") ?? (await admin().get<StatusAnswer>("/v1/status")).urls.kmip;
  if (url === null)
    throw new CliError("E_USAGE", "The agent serves no KMIP.", "Start it with --kmip, or name it with --to.");
  const names = ["client.crt", "client.key", "ca.crt"];
  const [cert, key, ca] = names.map((name) => readNamedFile(join(resolve(folder), name)).toString("utf8"));
  return { ...addressIn(args, "to", url), ...({ cert, key, ca } as Pems) };
}

type Pems = Pick<PeerAddress, "cert" | "key" | "ca">;

function addressIn(args: CommandContext["args"], option: string, url: string): Pick<PeerAddress, "host" | "port"> {
  const [, bracketed, plain, port] =
    /^kmip:\/\/(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]{1,253}))(?::(\d{1,5}))?\/?$/.exec(url) ?? [];
  const host = bracketed ?? plain;
  const number = Number(port ?? KMIP_PORT);
  if (host === undefined || number > 65_535 || number === 0)
    throw args.usageError(`--${option} ${url.slice(0, 60)} is not kmip://HOST:PORT.`);
  return { host, port: number };
}

function writeReport(path: string, report: MoveReport): void {
  try {
    writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`, { mode: 0o600 });
  } catch {
    throw new CliError("E_FILE", `The report cannot be written to ${path}.`, "What was moved is moved; run it again.");
  }
}
