import { openDb } from "@holdfast/db";
import { HoldfastError } from "@holdfast/protocol";
import { readNoticeSettings } from "../notices/notice-settings.ts";
import { NoticeWorker } from "../notices/notice-worker.ts";
import type { Gateway } from "./gateway.ts";
import { makeServer } from "./http/server.ts";
import { Standing } from "./ingest/standing.ts";
import { Trust } from "./ingest/trust.ts";
import { MailboxWakes } from "./mailbox/mailbox-wakes.ts";
import { type GatewaySettings, readSettings } from "./settings.ts";
import { openWitness } from "./witness/witness-key.ts";

const SWEEP_MS = 600_000;

/** Starts the gateway, says so in one line, and stops in order when it is asked to. */
async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const noticeSettings = readNoticeSettings(process.env);
  const witness = openWitness(settings.witnessKeyFile);
  const { appUrl, identityUrl, url } = settings;
  const db = await openDb({ appUrl, identityUrl });
  await db.identity.routes.publishWitness(witness.vkey);
  const wakes = new MailboxWakes(db.events);
  const now = () => Math.floor(Date.now() / 1000);
  const gateway: Gateway = { db, url, witness, wakes, trust: new Trust(), standing: new Standing(), now };
  const { server, close } = makeServer(gateway);
  await listen(server, settings);
  const notices = noticeSettings && new NoticeWorker(db, noticeSettings, say);
  notices?.start();
  const sweep = setInterval(() => void db.identity.sweep().catch(() => undefined), SWEEP_MS).unref();
  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    clearInterval(sweep);
    await Promise.all([close(), notices?.close()]);
    wakes.close();
    await db.close();
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void end());
  process.on("disconnect", () => void end());
  process.stdout.write(`${JSON.stringify({ ready: true, gateway: url, witness: witness.vkey })}\n`);
}

function say(line: object): void {
  process.stderr.write(`${JSON.stringify(line)}\n`);
}

function listen(server: import("node:http").Server, { host, port }: GatewaySettings): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve());
  });
}

main().catch((error: unknown) => {
  const code = error instanceof HoldfastError ? error.code : "UNEXPECTED";
  const what = error instanceof HoldfastError ? error.message : `The gateway does not start: ${nameOf(error)}.`;
  process.stderr.write(`${JSON.stringify({ level: "fatal", code, what })}\n`);
  process.exit(1);
});

/** Of an error that is not ours only what names no address and no password. */
function nameOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}
