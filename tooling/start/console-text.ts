import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Ports } from "./choose-ports.ts";
import type { StartOptions } from "./options.ts";
import { type AgentMade, type AgentReady, hostedOrigin } from "./processes.ts";

const WIDTH = 15;

/** What the console says once everything runs: where to go, what is where, how to stop. */
export function welcomeText(options: StartOptions, ports: Ports, agent: AgentReady | null): string {
  const blocks = [
    runningRows(agent),
    [row("Dashboard", `http://localhost:${ports.web}`), ...keyServerRows(ports, agent), ...hostedRows(ports)],
    keptRows(options, agent),
    ["Ctrl-C stops everything. The next `npm start` goes on where this one was."],
  ];
  return blocks
    .filter((block) => block.length > 0)
    .map((block) => block.map((line) => (line ? `  ${line}` : "")).join("\n"))
    .join("\n\n");
}

/** Uses of keys go on where changes are refused, and nobody would notice before the first of them. */
function runningRows(agent: AgentReady | null): string[] {
  const refuses = agent?.refuses ?? null;
  if (refuses === null) return ["Holdfast is running."];
  const { code, what, next } = refuses;
  return [`Holdfast is running, but the key server takes no changes.  [${code}]`, what, next];
}

/** The one-time address of the key server's page, before there is an administrator. */
export function claimText(claimUrl: string, expiresAt: number | null): string {
  const until = expiresAt === null ? "" : `, until ${clock(expiresAt)}`;
  return [
    row("Key server", claimUrl),
    row("", `The dashboard asks you to open this address. It works once${until}.`),
    row("", "Safari: add `127.0.0.1 agent.localhost` and `::1 agent.localhost` to /etc/hosts first."),
  ]
    .map((line) => `  ${line}`)
    .join("\n");
}

/** Told once, as soon as they exist: the two things that together open backups. */
export function recoveryText({ recoveryFile, recoveryPassphrase }: AgentMade): string {
  return [
    row("Recovery file", short(recoveryFile)),
    row("its passphrase", recoveryPassphrase),
    row("", "Shown this once: write it down. Together they open backups: keep them apart, on another machine."),
  ]
    .map((line) => `  ${line}`)
    .join("\n");
}

function keyServerRows(ports: Ports, agent: AgentReady | null): string[] {
  if (!agent) return [];
  const rows = [row("REST API", agent.rest ?? `https://localhost:${ports.rest}`)];
  if (agent.tid !== null) rows.unshift(row("Key server", agent.page ?? `http://agent.localhost:${ports.page}`));
  return rows;
}

/** The page of the dashboard's operator, for passkeys that count for little. */
function hostedRows(ports: Ports): string[] {
  const origin = hostedOrigin(ports);
  return origin === null ? [] : [row("Hosted page", origin)];
}

function keptRows(options: StartOptions, agent: AgentReady | null): string[] {
  const rows = [row("Kept in", short(options.data)), row("", contents(options, agent !== null))];
  const kek = agent && kekFile(agent.aid);
  if (kek) {
    rows.push(row("Unseal secret", short(kek)));
    rows.push(row("", "the key-encryption key: without it no key opens. Back it up apart from the folder above."));
  }
  rows.push(row("Logs", short(join(options.data, "logs"))));
  return rows;
}

function contents(options: StartOptions, agent: boolean): string {
  const parts = [options.databaseUrl ? "" : "the dashboard's database", agent ? "the key server's wrapped keys" : ""];
  return [...parts.filter(Boolean), "logs"].join(", ");
}

function kekFile(aid: string): string | null {
  const file = join(process.env.XDG_CONFIG_HOME || join(homedir(), ".config"), "holdfast", `${aid}.kek`);
  return existsSync(file) ? file : null;
}

function row(name: string, value: string): string {
  return `${name.padEnd(WIDTH)}${value}`;
}

function short(path: string): string {
  const home = homedir();
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

function clock(unixSeconds: number): string {
  return new Date(unixSeconds * 1000).toTimeString().slice(0, 5);
}
