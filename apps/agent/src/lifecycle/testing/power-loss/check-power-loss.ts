// `npm run check:power-loss [KILLS]`: an agent under mixed lifecycle load, by two REST clients, two KMIP clients, the socket of the
// command line and the command line itself, is killed (SIGKILL) at a random moment, 200 times. After each restart everything
// that was answered has to be there, whole. A quarter of an hour or more.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { verifyBundle } from "@holdfast/custody-report";
import type { StatusAnswer } from "../../../admin/answers.ts";
import { createAdminClient, MAX_REPORT_ANSWER_BYTES } from "../../../cli/admin-client.ts";
import { allKeys } from "../../../cli/all-keys.ts";
import { AgentRefusal } from "../../../cli/cli-error.ts";
import { CommandLineRun, type Served } from "../../../cli/testing/command-line-run.ts";
import { KeyBook, type Loss } from "./key-book.ts";
import { commandLineLoad, type Files, kmipLoad, opens, type Place, restLoad, type Sealed, untilGone } from "./load.ts";

const KILLS = Math.max(1, Number(process.argv[2] ?? 200));
/** How often a command is typed besides: it takes a process of its own. */
const TYPED_EVERY = 5;
const LONGEST_LIFE_MS = 2_000;
const LONGEST_TYPED_LIFE_MS = 12_000;
const CLIENTS = ["rest-1", "rest-2", "kmip-1", "kmip-2"] as const;

const line = new CommandLineRun();
const book = new KeyBook();
const sealed: Sealed[] = [];
const losses: Loss[] = [];
const startMs: number[] = [];
let shut = 0;
let commandLines = 0;

try {
  await must("init", "--standalone");
  const files = await enrolClients();
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const { served, place } = await start();
    await judge(place, files["rest-1"] as Files);
    await loadAndKill(served, place, { files, typed: kill % TYPED_EVERY === 0 });
    if (kill % 20 === 0)
      say(`${kill} kills: ${book.acknowledged} acknowledged, ${losses.length} lost or half, ${shut} shut`);
  }
  const { served, place } = await start();
  await judge(place, files["rest-1"] as Files);
  const verified = await must("audit", "verify");
  const status = await place.admin.get<StatusAnswer>("/v1/status");
  summarise(status, verified);
  await checkReport(place);
  await served.stop();
} finally {
  await line.close();
}

async function must(...words: string[]): Promise<unknown> {
  const ran = await line.run(...words);
  if (ran.code !== 0) throw new Error(`${words.join(" ")}: ${ran.stderr}`);
  return ran.json;
}

async function start(): Promise<{ served: Served; place: Place }> {
  const began = performance.now();
  const served = await line.serve(["--rest", "127.0.0.1:0", "--kmip", "127.0.0.1:0", "--page", "off"]);
  startMs.push(performance.now() - began);
  const admin = createAdminClient(line.path("data", "admin.sock"));
  return { served, place: { rest: served.ready.rest, kmip: served.ready.kmip, admin } };
}

async function enrolClients(): Promise<Record<string, Files>> {
  const { served } = await start();
  const found: Record<string, Files> = {};
  for (const name of CLIENTS) {
    await must(
      "client",
      "create",
      name,
      "--cert",
      line.path(name),
      "--grant",
      "all on own",
      "--grant",
      "decrypt on all",
    );
    const read = (file: string) => readFileSync(join(line.path(name), file), "utf8");
    found[name] = { cert: read("client.crt"), key: read("client.key"), ca: read("ca.crt") };
  }
  await served.stop();
  return found;
}

/** Holds the restarted agent against what its predecessor answered. */
async function judge(place: Place, files: Files): Promise<void> {
  const status = await place.admin.get<StatusAnswer>("/v1/status");
  if (status.recovering || (status.counts?.locked ?? 0) > 0)
    losses.push({
      id: "the store",
      kind: "half",
      what: `recovering ${status.recovering}, locked ${status.counts?.locked}`,
    });
  const keys = await allKeys(place.admin);
  const found = book.compare(keys);
  for (const { id, what } of found) say(`NOT KEPT: ${id}: ${what}`);
  losses.push(...found);
  shut += await opens(place, files, sealed.slice(-30));
}

async function loadAndKill(
  served: Served,
  place: Place,
  { files, typed }: { readonly files: Record<string, Files>; readonly typed: boolean },
): Promise<void> {
  const of = (name: (typeof CLIENTS)[number]) => files[name] as Files;
  const loads = [
    untilGone(commandLineLoad(place, book, "socket")),
    untilGone(restLoad(place, of("rest-1"), book, sealed)),
    untilGone(restLoad(place, of("rest-2"), book, sealed)),
    ...(["kmip-1", "kmip-2"] as const).map(async (name) => untilGone(await kmipLoad(place, of(name), book))),
    ...(typed ? [commandLineOnce()] : []),
  ].map((load) => load.catch(noteUnexpected));
  await delay(Math.random() * (typed ? LONGEST_TYPED_LIFE_MS : LONGEST_LIFE_MS));
  await served.stop("SIGKILL");
  await Promise.all(loads);
}

/** The command line itself, as a process: what it printed was answered. */
async function commandLineOnce(): Promise<void> {
  const ran = await line.run("key", "create", "--name", "typed");
  if (ran.code !== 0) return;
  book.made(ran.json.keyId, "active", "typed");
  commandLines += 1;
}

function noteUnexpected(error: Error): void {
  if (/ECONN|closed|hang up|TLS/.test(error.message)) return; // a connection that the kill met while it was made
  losses.push({ id: "a client", kind: "lost", what: error.message });
  say(`UNEXPECTED: ${error.message}`);
}

/** A report of all of it verifies; a fast machine writes more in 200 lives than one report may have. */
async function checkReport({ admin }: Place): Promise<void> {
  let made: { files: { name: string; base64: string }[] };
  try {
    made = await admin.post("/v1/report", {}, 600, MAX_REPORT_ANSWER_BYTES);
  } catch (error) {
    if (!(error instanceof AgentRefusal) || error.code !== "E_LIMIT") throw error;
    say("The log is longer than a report may have (E_LIMIT): it was verified at the key server only.");
    return;
  }
  const bundle = made.files.find(({ name }) => name.endsWith(".json"));
  await verifyBundle(Buffer.from(bundle?.base64 ?? "", "base64"));
  say("A report of all of it verifies.");
}

function summarise(status: StatusAnswer, verified: unknown): void {
  const sorted = startMs.toSorted((a, b) => a - b);
  const median = (sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(0);
  const lost = losses.filter(({ kind }) => kind === "lost").length;
  say(
    `${KILLS} kills, ${book.acknowledged} acknowledged changes (${commandLines} of them typed commands), ${sealed.length} ciphertexts.`,
  );
  say(`${lost} acknowledged changes lost, ${losses.length - lost} half changes, ${shut} ciphertexts that do not open.`);
  say(
    `${book.cutOff} changes were cut off before their answer: ${book.cutOffDone} done whole, ${book.cutOff - book.cutOffDone} not at all.`,
  );
  say(
    `${status.counts?.keys} keys and ${status.size} log entries at the end; start to ready ${median} ms (median of ${startMs.length}).`,
  );
  say(`The log verifies: ${JSON.stringify(verified).slice(0, 120)}`);
  if (losses.length > 0 || shut > 0) process.exitCode = 1;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
