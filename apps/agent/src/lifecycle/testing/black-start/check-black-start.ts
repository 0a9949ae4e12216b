// `npm run check:black-start [KEYS] [--dashboard]`: everything is cut off at once (SIGKILL), and started again in the order of
// docs/operate/black-start.md. Says when each step was done, counted from the power's return. With --dashboard the control plane and its
// PostgreSQL too, by `npm start -- --no-agent`, which builds what is not built.
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { StatusAnswer } from "../../../admin/answers.ts";
import { createAdminClient } from "../../../cli/admin-client.ts";
import { allKeys } from "../../../cli/all-keys.ts";
import { CommandLineRun, type Served } from "../../../cli/testing/command-line-run.ts";
import { RestClient } from "../../../endpoints/rest/testing/rest-client.ts";

const START = fileURLToPath(new URL("../../../../../../tooling/start.mjs", import.meta.url));
const words = process.argv.slice(2);
const withDashboard = words.includes("--dashboard");
const KEYS = Math.max(1, Number(words.find((word) => /^\d+$/.test(word)) ?? 10_000));
const AT_ONCE = 1000;
const PLAINTEXT = Buffer.from("sealed before the outage").toString("base64");
const REST = ["--rest", "127.0.0.1:0", "--kmip", "127.0.0.1:0", "--page", "off"];

const line = new CommandLineRun();
const steps: (readonly [string, number])[] = [];
let dashboard: Dashboard | null = null;

try {
  await must("init", "--standalone");
  let served = await line.serve(REST);
  await makeKeys(KEYS);
  await must("client", "create", "app", "--cert", line.path("app"), "--grant", "all on all");
  const sealed = await sealOne(served);
  dashboard = withDashboard ? await startDashboard() : null;

  await Promise.all([served.stop("SIGKILL"), dashboard?.cut()]);
  const began = performance.now();
  const done = (step: string) => steps.push([step, performance.now() - began]);

  served = await line.serve(REST);
  done("key server ready: log, roster and every row verified");
  const opened = await client(served).post("/v1/decrypt", { ciphertext: sealed });
  if (opened.json?.plaintext !== PLAINTEXT) throw new Error(`what was sealed does not open: ${opened.json?.code}`);
  done("an application's old ciphertext opens");
  const { counts } = await admin().get<StatusAnswer>("/v1/status");
  if (counts?.keys !== KEYS || counts.locked !== 0) throw new Error(`keys: ${JSON.stringify(counts)}`);
  done(`all ${KEYS} keys are there, none locked`);
  await must("key", "create", "--name", "after the outage");
  done("a new key is made by the command line");
  if (withDashboard) {
    dashboard = await startDashboard();
    done("PostgreSQL, gateway and dashboard answer");
  }
  for (const [step, milliseconds] of steps) say(`${(milliseconds / 1000).toFixed(1).padStart(7)} s  ${step}`);
  await served.stop();
} finally {
  await dashboard?.cut();
  await line.close();
}

async function must(...words_: string[]): Promise<void> {
  const ran = await line.run(...words_);
  if (ran.code !== 0) throw new Error(`${words_.join(" ")}: ${ran.stderr}`);
}

function admin() {
  return createAdminClient(line.path("data", "admin.sock"));
}

async function makeKeys(count: number): Promise<void> {
  const item = { algorithm: "AES-256", usage: ["encrypt", "decrypt"], group: "default", extractable: false };
  for (let made = 0; made < count; made += AT_ONCE) {
    const items = Array.from({ length: Math.min(AT_ONCE, count - made) }, (_, n) => ({
      ...item,
      label: `key ${made + n}`,
    }));
    await admin().post("/v1/act", { act: "key.create", args: { items }, reason: "", wait: false });
  }
}

function client({ ready }: Served): RestClient {
  const read = (name: string) => readFileSync(join(line.path("app"), name), "utf8");
  return new RestClient(ready.rest, { cert: read("client.crt"), key: read("client.key"), ca: read("ca.crt") });
}

async function sealOne(served: Served): Promise<string> {
  const keys = await allKeys(admin());
  const { json } = await client(served).post(`/v1/keys/${keys[0]?.keyId}/encrypt`, { plaintext: PLAINTEXT });
  return json.ciphertext;
}

/** The control plane with its database, as `npm start` runs them. */
interface Dashboard {
  /** Ends all of it at once, as a cut of power does. */
  cut(): Promise<void>;
}

async function startDashboard(): Promise<Dashboard> {
  const port = 21_000 + Math.floor(Math.random() * 20_000);
  const words_ = [START, "--data", line.path("dashboard"), "--port", String(port), "--no-agent"];
  // A group of its own, so that one signal reaches every process of it.
  const child = spawn(process.execPath, words_, { detached: true, stdio: ["ignore", "ignore", "inherit"] });
  const over = new Promise<void>((resolve) => child.once("close", () => resolve()));
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error("the dashboard did not start");
    await delay(100);
  }
  return { cut: () => cut(child, over) };
}

async function answers(port: number): Promise<boolean> {
  return fetch(`http://localhost:${port}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function cut({ pid }: ChildProcess, over: Promise<void>): Promise<void> {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    return; // it is over already
  }
  await over;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
