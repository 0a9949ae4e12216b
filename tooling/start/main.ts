/** `npm start`: prepares, starts everything in order, converses, and stops everything in the reverse order. */
import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { choosePorts, NOWHERE, type Ports } from "./choose-ports.ts";
import { recoveryText, welcomeText } from "./console-text.ts";
import { openDatabase } from "./database.ts";
import { runFirstRegistration } from "./first-registration.ts";
import { takeLock } from "./instance-lock.ts";
import { readOptions, type StartOptions } from "./options.ts";
import { prepare } from "./prepare.ts";
import {
  type AgentReady,
  adminSocket,
  agentData,
  agentProcess,
  dashboardProcess,
  gatewayProcess,
  hostedProcess,
  initialiseAgent,
} from "./processes.ts";
import { removeUnfoundedAgent } from "./remake-agent.ts";
import { readState, type SavedState, writeState } from "./saved-state.ts";
import { StartError } from "./start-error.ts";
import { Supervised, type SupervisedOptions } from "./supervisor.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** What has to be undone, newest first. */
const undo: (() => void | Promise<void>)[] = [];
const ending = new AbortController();
let exitCode = 0;

const say = (text: string) => {
  process.stdout.write(`${text}\n`);
};

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => (ending.signal.aborted ? process.exit(130) : end(signal === "SIGINT" ? "\n" : "")));
}
// A console that is gone must not keep us from stopping in order.
process.stdout.on("error", () => undefined);
process.stderr.on("error", () => undefined);

try {
  await run(readOptions(process.argv.slice(2), ROOT));
} catch (error) {
  if (!ending.signal.aborted) explain(error);
}
ending.abort(); // what is stopped from here on did not stop by itself
for (const step of undo.reverse()) await Promise.resolve(step()).catch(explain);
process.exit(exitCode);

async function run(options: StartOptions): Promise<void> {
  process.umask(0o077);
  mkdirSync(join(options.data, "logs"), { recursive: true, mode: 0o700 });
  chmodSync(options.data, 0o700);
  undo.push(takeLock(join(options.data, "start.lock")));
  const state = readState(options.data);
  const ports = await choosePorts(options, state, say);
  await prepare(ROOT, options.dev, { say, signal: ending.signal });
  if (ending.signal.aborted) return;
  say("Starting …");
  const database = await openDatabase(options, state);
  if (database.server) {
    const { server } = database;
    undo.push(() => server.stop());
    void server.ended.then(() => ending.signal.aborted || giveUp("PostgreSQL stopped by itself; see its log."));
    const { account, cluster } = server.place;
    if (account) say(`This machine refuses user namespaces: PostgreSQL runs as ${account.name}, in ${cluster}.`);
  }
  if (ending.signal.aborted) return;
  state.ports = ports.hosted === NOWHERE ? { ...ports, hosted: state.ports.hosted } : ports;
  writeState(options.data, state);
  if (options.agent) tellRecovery(options, state);
  const agent = await startProcesses(options, ports, state, database);
  if (ending.signal.aborted) return;
  say(`\n${welcomeText(options, ports, agent)}\n`);
  if (agent && agent.tid === null) await converse(options, state);
  await untilEnding();
}

/** Makes the key server on the first run. Until its recovery passphrase was told, there is none worth keeping. */
function tellRecovery(options: StartOptions, state: SavedState): void {
  const data = agentData(options);
  if (!state.recoveryTold && !state.founded && existsSync(join(data, "agent.json")) && !removeUnfoundedAgent(data)) {
    say("The passphrase of the recovery file was never told: make a new key server before you rely on backups.");
  }
  const made = initialiseAgent(options);
  if (made) say(`\n${recoveryText(made)}\n`);
  state.recoveryTold = true;
  writeState(options.data, state);
}

async function startProcesses(
  options: StartOptions,
  ports: Ports,
  state: SavedState,
  database: Awaited<ReturnType<typeof openDatabase>>,
): Promise<AgentReady | null> {
  let agent: AgentReady | null = null;
  const onReady = (ready: AgentReady) => {
    agent = ready;
    if (ready.tid !== null) rememberFounded(options, state);
  };
  const wanted: SupervisedOptions[] = [
    dashboardProcess(options, ports, database),
    gatewayProcess(options, ports, database),
  ];
  if (ports.hosted !== NOWHERE) wanted.push(hostedProcess(options, ports));
  if (options.agent) {
    wanted.push(agentProcess(options, ports, onReady));
  }
  const processes = wanted.map((process_) => new Supervised(process_, say, giveUp));
  undo.push(async () => {
    await Promise.all(processes.map((process_) => process_.stop()));
  });
  await Promise.all(processes.map((process_) => process_.start()));
  return agent;
}

async function converse(options: StartOptions, state: SavedState): Promise<void> {
  if (await runFirstRegistration(adminSocket(options), say, ending.signal)) rememberFounded(options, state);
}

function rememberFounded(options: StartOptions, state: SavedState): void {
  if (state.founded) return;
  state.founded = true;
  writeState(options.data, state);
}

function untilEnding(): Promise<void> {
  if (ending.signal.aborted) return Promise.resolve();
  return new Promise((resolve) => ending.signal.addEventListener("abort", () => resolve()));
}

function end(prefix = ""): void {
  if (ending.signal.aborted) return;
  say(`${prefix}Stopping …`);
  ending.abort();
}

function giveUp(why: string): void {
  if (ending.signal.aborted) return;
  process.stderr.write(`\n${why}\n`);
  exitCode = 1;
  end();
}

function explain(error: unknown): void {
  exitCode = 1;
  const next = error instanceof StartError ? error.next : "This is a defect of Holdfast; the line below names it.";
  const what = error instanceof Error ? error.message : String(error);
  const where = error instanceof StartError ? "" : `\n${(error as Error).stack ?? ""}`;
  process.stderr.write(`\n${what}\n${next}${where}\n`);
}
