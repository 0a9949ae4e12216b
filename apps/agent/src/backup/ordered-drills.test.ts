import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeBase32, encodeBase64url } from "@holdfast/protocol";
import { answerDrill, deriveRecipientKey, type RecipientKey } from "@holdfast/protocol/custodian";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";

let agent: PasskeyAgent;
let base: string;
let keys: RecipientKey[];

beforeAll(async () => {
  base = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-ordered-")));
  agent = await PasskeyAgent.found();
  keys = await Promise.all(["Maria", "Jonas"].map((_, at) => deriveRecipientKey(new Uint8Array(32).fill(at + 1))));
  const custodians = keys.map(({ publicKey }, at) => {
    const routes = [{ route: "file", hpke: encodeBase64url(publicKey) }] as const;
    const object = { kind: "custodian", seat: encodeBase32(new Uint8Array(16).fill(at + 1)), routes } as const;
    return agent.domain.introductions.take(object, `Custodian ${at}`, "page").reference;
  });
  await agent.apply("escrow.enrol", { args: { k: 2, recoveryFile: false, custodians } });
  const destinations = ["far", "near"].map((name) => ({ kind: "directory", name, path: place(name) }) as const);
  mkdirSync(place("near"));
  const policy = { destinations, intervalSec: 86_400, keep: { last: 9, days: 0 } };
  await agent.apply("backup.policy", { args: { policy } });
}, 60_000);
afterAll(async () => {
  await agent.close();
  rmSync(base, { recursive: true, force: true });
});

const place = (name: string) => join(base, name);

/** A backup by the policy; only the second destination takes one. @returns the hash that names it */
async function backUp(): Promise<string> {
  await agent.domain.backups.backUpNow();
  return agent.domain.index.escrowedBackups().at(-1)?.hash ?? expect.unreachable();
}

/** Administrators approve a drill that was proposed anywhere. */
async function order(backup: string): Promise<string> {
  const { hash } = await agent.apply("escrow.drill", { args: { backup } });
  await agent.domain.orderedDrills.settled();
  return hash;
}

test("a drill that administrators approved, wherever it was proposed, can be answered: its backup is read back", async () => {
  const cmd = await order(await backUp());
  const drill = agent.domain.drills.open();
  expect(drill?.cmd).toBe(cmd);
  const { seat, answer } = await answerDrill(
    drill?.trailer ?? expect.unreachable(),
    keys[1] as RecipientKey,
    () => drill?.nonce ?? "",
  );
  agent.domain.drills.answer(cmd, seat, answer);
  expect(agent.domain.index.drilledAt(seat)).toBe(agent.domain.guard.time());
  expect(readdirSync(join(agent.domain.dataDirectory, "backup-staging"))).toEqual([]);
});

test("a backup that no destination gives back whole opens no drill", async () => {
  const before = agent.domain.drills.open()?.cmd;
  const backup = await backUp();
  for (const name of readdirSync(place("near"))) truncateSync(join(place("near"), name), 4096);
  await order(backup);
  expect(agent.domain.drills.open()?.cmd).toBe(before);
  await order(await backUp());
  expect(agent.domain.drills.open()?.cmd).not.toBe(before);
});
