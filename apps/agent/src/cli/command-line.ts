import { join, resolve } from "node:path";
import { commandLineTo, spellCommands } from "../spell-command.ts";
import { AGENT_VERSION } from "../version.ts";
import { createAdminClient } from "./admin-client.ts";
import { administratorCommands } from "./administrators.ts";
import { agentCommands } from "./agents.ts";
import { readArguments } from "./arguments.ts";
import { attest } from "./attest.ts";
import { auditExport, auditRefusals, auditTail, auditVerify } from "./audit.ts";
import { authorityCommands } from "./authority.ts";
import { backupCreate, backupDrill, backupRestore, backupVerify } from "./backup.ts";
import { backupPolicy } from "./backup-policy.ts";
import { claim } from "./claim.ts";
import { CliError } from "./cli-error.ts";
import { clientCreate } from "./client-create.ts";
import { clientEnrol } from "./client-enrol.ts";
import { clientList } from "./client-list.ts";
import { clientPermit } from "./client-permit.ts";
import { clientRevoke } from "./client-revoke.ts";
import { clientRotate } from "./client-rotate.ts";
import { clientUpdate } from "./client-update.ts";
import { clockAccept } from "./clock.ts";
import type { Command, CommandContext } from "./command.ts";
import { commandCancel, commandDeliver, commandList } from "./commands.ts";
import { confirm } from "./confirm.ts";
import { cryptoAllow } from "./crypto-allow.ts";
import { custodianKey } from "./custodian-key.ts";
import { doctor } from "./doctor.ts";
import { domainSet } from "./domain-set.ts";
import { escrowCommands } from "./escrow.ts";
import { escrowGive } from "./escrow-give.ts";
import { escrowRelease, escrowTake } from "./escrow-release.ts";
import { exportOpen } from "./export-open.ts";
import { importCommands } from "./import.ts";
import { importSeal } from "./import-seal.ts";
import { init } from "./init.ts";
import { introCommands } from "./intro.ts";
import { join as joinDomain } from "./join.ts";
import { kekCommands } from "./kek.ts";
import { keyChanges, keyGroup, keyLabel } from "./key-change.ts";
import { keyCreate } from "./key-create.ts";
import { keyExport } from "./key-export.ts";
import { keyList } from "./key-list.ts";
import { keyRegister } from "./key-register.ts";
import { keyShow } from "./key-show.ts";
import { link, unlink } from "./link.ts";
import { lock, unlock } from "./lock.ts";
import { logAcceptLoss } from "./log-accept-loss.ts";
import { migrateFrom } from "./migrate.ts";
import { move } from "./move.ts";
import { noticesOff, noticesSet, noticesShow, noticesTest } from "./notices.ts";
import { createOutput, printFailure } from "./output.ts";
import { pageCommands } from "./page.ts";
import { pagePeerCommands } from "./page-peers.ts";
import { policyCommands } from "./policy.ts";
import { production } from "./production.ts";
import { recoverCommands } from "./recover.ts";
import { rekey } from "./rekey.ts";
import { replacementKeyCommands } from "./replacement-keys.ts";
import { report } from "./report.ts";
import { restoreAccept } from "./restore-accept.ts";
import { restoreLinks } from "./restore-links.ts";
import { rosterCommands } from "./roster.ts";
import { scheduleCommands } from "./schedule.ts";
import { seal, unseal } from "./seal.ts";
import { serve } from "./serve.ts";
import { serverCertCommands } from "./server-cert.ts";
import { service } from "./service.ts";
import { status } from "./status.ts";
import { witnessCommands } from "./witness.ts";
import { witnessServiceCommands } from "./witness-serve.ts";

/** Every command, in the order `--help` shows them. */
export const COMMANDS: readonly Command[] = [
  init,
  serve,
  service,
  claim,
  confirm,
  status,
  doctor,
  production,
  move,
  ...pageCommands,
  ...pagePeerCommands,
  seal,
  unseal,
  rekey,
  ...kekCommands,
  lock,
  unlock,
  domainSet,
  link,
  unlink,
  noticesSet,
  noticesShow,
  noticesTest,
  noticesOff,
  keyCreate,
  keyRegister,
  keyList,
  keyShow,
  ...keyChanges,
  keyLabel,
  keyGroup,
  keyExport,
  ...scheduleCommands,
  cryptoAllow,
  clientCreate,
  clientPermit,
  clientEnrol,
  clientList,
  clientUpdate,
  clientRevoke,
  clientRotate,
  ...introCommands,
  ...administratorCommands,
  ...policyCommands,
  ...rosterCommands,
  ...agentCommands,
  joinDomain,
  ...serverCertCommands,
  ...authorityCommands,
  commandList,
  commandDeliver,
  commandCancel,
  ...recoverCommands,
  ...replacementKeyCommands,
  backupPolicy,
  backupCreate,
  backupVerify,
  backupRestore,
  backupDrill,
  custodianKey,
  ...escrowCommands,
  escrowRelease,
  escrowGive,
  escrowTake,
  restoreAccept,
  restoreLinks,
  logAcceptLoss,
  clockAccept,
  ...importCommands,
  importSeal,
  exportOpen,
  migrateFrom,
  auditTail,
  auditVerify,
  auditRefusals,
  auditExport,
  attest,
  report,
  ...witnessCommands,
  ...witnessServiceCommands,
];

/** What the command line takes from its surroundings. */
export interface CommandLineEnvironment {
  /** HOLDFAST_DATA: the data folder when `--data` is not given. */
  readonly dataDirectory?: string | undefined;
}

/**
 * Runs one command line.
 *
 * @param words - What was typed after `holdfast-agent`.
 * @returns the exit code: 0 done, 1 refused or failed, 2 the command line is wrong, 3 waiting for approval.
 */
export async function runCommandLine(words: readonly string[], environment: CommandLineEnvironment): Promise<number> {
  const found = findCommand(words);
  const wantsJson = words.includes("--json");
  let spell = (text: string) => spellCommands(text, commandLineTo({}));
  if (!found) {
    if (words[0] === "--version" || words[0] === "version") {
      const version = { version: AGENT_VERSION, node: process.versions.node };
      process.stdout.write(
        wantsJson ? `${JSON.stringify(version)}\n` : `holdfast-agent ${AGENT_VERSION}, Node ${version.node}\n`,
      );
      return 0;
    }
    if (words.length === 0 || words.includes("--help") || words.includes("-h") || words[0] === "help") {
      process.stdout.write(`${overview()}\n`);
      return 0;
    }
    printFailure(unknownCommand(words), wantsJson, spell);
    return 2;
  }
  const usage = `${found.command.name} ${found.command.usage}`.trim();
  try {
    const args = readArguments(found.rest, found.command.options, usage);
    const typed = commandLineTo({ dataDirectory: args.find("data"), admin: args.find("admin") });
    spell = (text) => spellCommands(text, typed);
    if (args.flag("help")) {
      process.stdout.write(`${found.command.summary}\n\n  holdfast-agent ${usage}\n`);
      return 0;
    }
    const surplus = args.positionals[found.command.words ?? 0];
    if (surplus !== undefined) throw args.usageError(`${surplus} is one word too many.`);
    const dataDirectory = () => {
      const named = args.find("data") ?? environment.dataDirectory;
      if (!named) throw args.usageError("--data DIR is missing: the agent's data folder (or set HOLDFAST_DATA).");
      return resolve(named);
    };
    const context: CommandContext = {
      args,
      out: createOutput(args.flag("json"), spell),
      dataDirectory,
      admin: () => createAdminClient(args.find("admin") ?? join(dataDirectory(), "admin.sock")),
    };
    return await found.command.run(context);
  } catch (error) {
    printFailure(error, wantsJson, spell);
    return error instanceof CliError && error.code === "E_USAGE" ? 2 : 1;
  }
}

function findCommand(words: readonly string[]): { command: Command; rest: string[] } | null {
  for (const command of COMMANDS) {
    const name = command.name.split(" ");
    if (name.every((word, index) => words[index] === word)) return { command, rest: words.slice(name.length) };
  }
  return null;
}

/** Names the commands that begin with the same word, where there are some. */
function unknownCommand(words: readonly string[]): CliError {
  const [group = "", verb = ""] = words;
  const named = verb.startsWith("-") ? group : `${group} ${verb}`.trim();
  const near = COMMANDS.map(({ name }) => name).filter((name) => name.startsWith(`${group} `));
  const next = near.length > 0 ? `There are: ${near.join(", ")}.` : "See `holdfast-agent --help`.";
  return new CliError("E_USAGE", `There is no command "${named.slice(0, 60)}" in this version.`, next);
}

function overview(): string {
  const width = Math.max(...COMMANDS.map((command) => command.name.length));
  const lines = COMMANDS.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return [
    "holdfast-agent: holds your keys and obeys only your administrators.",
    "",
    ...lines,
    "",
    "Every command takes --data DIR (or HOLDFAST_DATA), --json and --help; `holdfast-agent --version` says which this is.",
  ].join("\n");
}
