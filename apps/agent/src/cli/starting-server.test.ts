import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SETTINGS_FILE } from "../agent-settings.ts";
import { takeLock } from "../data-lock.ts";
import { createAdminClient } from "./admin-client.ts";
import { StartingServer } from "./starting-server.ts";

let folder: string;
let heard: string[];
let server: Server | null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-starting-"));
  writeFileSync(join(folder, SETTINGS_FILE), JSON.stringify({ ver: 1, name: "one" }));
  heard = [];
  server = null;
});
afterEach(async () => {
  await new Promise<unknown>((resolve) => (server === null ? resolve(null) : server.close(resolve)));
  rmSync(folder, { recursive: true, force: true });
});

const socket = () => join(folder, "admin.sock");
/** Asks as a command does. */
const ask = (patient = true): Promise<{ ready: boolean }> =>
  createAdminClient(
    socket(),
    async () => new StartingServer({ dataDirectory: folder, patient, say: (text) => heard.push(text) }),
  ).get("/v1/status");
const waits = (what: RegExp) => expect.poll(() => heard.join("\n"), { timeout: 10_000 }).toMatch(what);

test("a command waits for a key server that holds the folder and does not answer yet, and says so", async () => {
  const lock = takeLock(folder);
  const answer = ask(false);
  await waits(new RegExp(`starts \\(process ${process.pid}\\)`));
  server = createServer((_, response) => response.end('{"ready":true}')).listen(socket());
  expect(await answer).toEqual({ ready: true });
  lock.close();
});

test("a command waits for the first start of a folder before it has taken the lock", async () => {
  const answer = ask();
  await waits(/No key server serves .* yet; waiting/);
  const lock = takeLock(folder);
  server = createServer((_, response) => response.end('{"ready":true}')).listen(socket());
  expect(await answer).toEqual({ ready: true });
  lock.close();
});

test("a start that fails ends the waiting at once", async () => {
  const lock = takeLock(folder);
  const answer = ask();
  await waits(/starts/);
  lock.close();
  await expect(answer).rejects.toMatchObject({
    code: "E_NOT_RUNNING",
    message: `No agent is listening at ${socket()}.`,
  });
});

test("where nobody starts, or nothing is kept, a command that needs no key server is told at once", async () => {
  await expect(ask(false)).rejects.toMatchObject({ code: "E_NOT_RUNNING" });
  rmSync(join(folder, SETTINGS_FILE));
  await expect(ask()).rejects.toMatchObject({ code: "E_NOT_RUNNING" });
  expect(heard).toEqual([]);
});
