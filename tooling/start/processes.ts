import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Child } from "./child.ts";
import { NOWHERE, type Ports } from "./choose-ports.ts";
import type { Database } from "./database.ts";
import type { StartOptions } from "./options.ts";
import { StartError } from "./start-error.ts";
import type { SupervisedOptions } from "./supervisor.ts";
import { waitUntil } from "./wait-until.ts";

const READY_TIMEOUT_MS = 60_000;
/** Longest path of a Unix socket on Linux, in bytes, less its ending zero. */
const LONGEST_SOCKET_PATH = 107;

/** The line that `holdfast-agent serve` prints once it listens. */
export interface AgentReady {
  readonly tid: string | null;
  readonly aid: string;
  readonly rest: string | null;
  readonly page: string | null;
  readonly metrics: string | null;
  /** Why it takes no changes, where it takes none. */
  readonly refuses: { readonly code: string; readonly what: string; readonly next: string } | null;
  readonly claimUrl?: string;
}

export function dashboardProcess(options: StartOptions, ports: Ports, database: Database): SupervisedOptions {
  const next = join(options.root, "node_modules/next/dist/bin/next");
  return {
    name: "The dashboard",
    logFile: join(options.data, "logs/dashboard.log"),
    words: [next, options.dev ? "dev" : "start", "-H", "127.0.0.1", "-p", String(ports.web)],
    cwd: join(options.root, "apps/web"),
    env: { ...controlPlaneEnvironment(options, ports, database), NODE_ENV: options.dev ? "development" : "production" },
    stopTimeoutMs: 1_500, // pages hold event streams open, and it keeps nothing in memory
    whenReady: (child) => answers(child, `http://127.0.0.1:${ports.web}/healthz`),
    watched: [],
  };
}

export function gatewayProcess(options: StartOptions, ports: Ports, database: Database): SupervisedOptions {
  return {
    name: "The agents' gateway",
    logFile: join(options.data, "logs/gateway.log"),
    words: [join(options.root, "apps/web/src/gateway/main.ts")],
    cwd: options.root,
    env: controlPlaneEnvironment(options, ports, database),
    whenReady: async (child) => void (await child.ready(READY_TIMEOUT_MS)),
    watched: options.dev ? [join(options.root, "apps/web/src/gateway"), ...packageFolders(options, ["db"])] : [],
  };
}

/** The page that stands for the operator: a process without a database and without a secret. */
export function hostedProcess(options: StartOptions, ports: Ports): SupervisedOptions {
  return {
    name: "The hosted approval page",
    logFile: join(options.data, "logs/hosted-page.log"),
    words: [join(options.root, "apps/approve/serve/main.ts")],
    cwd: options.root,
    env: {
      ...agentEnvironment(),
      HOLDFAST_ORIGIN: dashboardOrigin(ports),
      HOLDFAST_RP_ID: process.env.HOLDFAST_RP_ID ?? "localhost",
      HOLDFAST_HOSTED_ORIGIN: hostedOrigin(ports) ?? "",
      HOLDFAST_HOSTED_LISTEN: `127.0.0.1:${ports.hosted}`,
    },
    whenReady: async (child) => void (await child.ready(READY_TIMEOUT_MS)),
    watched: options.dev ? [join(options.root, "apps/approve/serve"), join(options.root, "apps/approve/dist")] : [],
  };
}

/** The hosted page's own origin; null while it is not served. */
export function hostedOrigin(ports: Ports): string | null {
  if (ports.hosted === NOWHERE) return null;
  return process.env.HOLDFAST_HOSTED_ORIGIN ?? `http://approve.localhost:${ports.hosted}`;
}

function dashboardOrigin(ports: Ports): string {
  return process.env.HOLDFAST_ORIGIN ?? `http://localhost:${ports.web}`;
}

export function agentProcess(
  options: StartOptions,
  ports: Ports,
  onReady: (ready: AgentReady) => void,
): SupervisedOptions {
  const at = (port: number) => `127.0.0.1:${port}`;
  return {
    name: "The key server",
    logFile: join(options.data, "logs/key-server.log"),
    words: [
      ...[agentProgram(options), "serve", "--data", agentData(options), "--admin", adminSocket(options)],
      ...["--page", at(ports.page), "--page-origin", `http://agent.localhost:${ports.page}`],
      ...["--rest", at(ports.rest), "--kmip", at(ports.kmip), "--metrics", at(ports.metrics)],
    ],
    cwd: options.root,
    env: agentEnvironment(),
    whenReady: async (child) => onReady(await child.ready<AgentReady>(READY_TIMEOUT_MS)),
    watched: options.dev ? [join(options.root, "apps/agent/src"), ...packageFolders(options, ["crypto"])] : [],
  };
}

/** What a freshly made key server leaves to its owner, to be kept apart. */
export interface AgentMade {
  readonly recoveryFile: string;
  /** Shown once. */
  readonly recoveryPassphrase: string;
}

/** Makes the key server's data folder, keys and key-encryption key on the first run. @returns null on later ones */
export function initialiseAgent(options: StartOptions): AgentMade | null {
  const data = agentData(options);
  if (existsSync(join(data, "agent.json"))) return null;
  const words = [agentProgram(options), "init", "--data", data, "--json"];
  const run = spawnSync(process.execPath, words, { cwd: options.root, env: agentEnvironment(), encoding: "utf8" });
  if (run.status !== 0) {
    throw new StartError(
      `The key server's data folder ${data} cannot be made:\n${run.stderr.trim()}`,
      "Mend what it names; nothing is lost, no key exists yet.",
    );
  }
  return JSON.parse(run.stdout) as AgentMade;
}

export function agentData(options: StartOptions): string {
  return join(options.data, "agent");
}

/** The key server's administration socket: in its data folder, or in a folder of our own where that path is too long. */
export function adminSocket(options: StartOptions): string {
  const usual = join(agentData(options), "admin.sock");
  if (Buffer.byteLength(usual) <= LONGEST_SOCKET_PATH) return usual;
  const name = createHash("sha256").update(usual).digest("hex").slice(0, 16);
  const folder = join(tmpdir(), `holdfast-${process.getuid?.() ?? 0}-${name}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, "admin.sock");
}

function agentProgram(options: StartOptions): string {
  return join(options.root, "apps/agent/src/main.ts");
}

function packageFolders(options: StartOptions, more: readonly string[]): string[] {
  return ["protocol", "tlog", ...more].map((name) => join(options.root, "packages", name, "src"));
}

function controlPlaneEnvironment(options: StartOptions, ports: Ports, database: Database): NodeJS.ProcessEnv {
  return {
    ...agentEnvironment(),
    ...noticeEnvironment(),
    HOLDFAST_DATABASE_URL_APP: database.appUrl,
    HOLDFAST_DATABASE_URL_IDENTITY: database.identityUrl,
    HOLDFAST_ORIGIN: dashboardOrigin(ports),
    HOLDFAST_HOSTED_ORIGIN: hostedOrigin(ports) ?? "",
    HOLDFAST_RP_ID: process.env.HOLDFAST_RP_ID ?? "localhost",
    HOLDFAST_GATEWAY_URL: process.env.HOLDFAST_GATEWAY_URL ?? `http://127.0.0.1:${ports.gateway}`,
    HOLDFAST_GATEWAY_LISTEN: `127.0.0.1:${ports.gateway}`,
    HOLDFAST_WITNESS_KEY_FILE: process.env.HOLDFAST_WITNESS_KEY_FILE ?? join(options.data, "witness.key"),
    HOLDFAST_NOTICE_KEY_FILE: process.env.HOLDFAST_NOTICE_KEY_FILE ?? join(options.data, "notice.key"),
    NEXT_TELEMETRY_DISABLED: "1",
  };
}

/** How notices leave, as docs/operate/notices.md says. */
function noticeEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => /^HOLDFAST_(NOTICE|SMTP)_/.test(name)));
}

/** Our own environment without what only the control plane may know, and without npm's settings. */
function agentEnvironment(): NodeJS.ProcessEnv {
  const hidden =
    /^(DATABASE_URL|HOLDFAST_DATABASE_URL.*|HOLDFAST_DATA|HOLDFAST_START_DATA|HOLDFAST_NOTICE_.*|HOLDFAST_SMTP_.*|npm_.*|INIT_CWD|NODE_OPTIONS)$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !hidden.test(name)));
}

async function answers(child: Child, url: string): Promise<void> {
  let status = 0;
  await waitUntil(async () => {
    status = await statusOf(url);
    return (status > 0 && status < 500) || !child.running();
  }, READY_TIMEOUT_MS);
  if (status > 0 && status < 500) return;
  throw new StartError(`${child.name} does not answer.`, `Its own words are in ${child.logFile}.`);
}

function statusOf(url: string): Promise<number> {
  return new Promise((resolve) => {
    const request = get(url, { timeout: 10_000, headers: { host: new URL(url).host } }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(0));
  });
}
