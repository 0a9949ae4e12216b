import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RestClient } from "../endpoints/rest/testing/rest-client.ts";
import { createAdminClient } from "./admin-client.ts";
import { readArguments } from "./arguments.ts";
import { COMMON_OPTIONS } from "./command.ts";
import { CONFIRM_OPTIONS, confirmEnd } from "./confirm-end.ts";
import { keyTable, keyText } from "./key-text.ts";
import { CommandLineRun, type Served } from "./testing/command-line-run.ts";

const line = new CommandLineRun();
let served: Served;
beforeAll(async () => {
  await line.run("init", "--standalone");
  served = await line.serve(["--rest", "127.0.0.1:0", "--page", "off"]);
  const { ready } = served;
  await line.run("key", "create", "--name", "orders", "--alias", "alias/orders");
  await line.run("key", "create", "--name", "unused");
  await line.run("client", "create", "shop", "--cert", line.path("shop"), "--grant", "encrypt on all");
  const read = (name: string) => readFileSync(join(line.path("shop"), name), "utf8");
  const shop = new RestClient(ready.rest, { cert: read("client.crt"), key: read("client.key"), ca: read("ca.crt") });
  for (const plaintext of ["YQ==", "Yg=="]) await shop.post("/v1/keys/alias%2Forders/encrypt", { plaintext });
  shop.close();
}, 60_000);
afterAll(() => line.close());

test("what is in use is not ended before it was said who uses it and somebody confirmed", {
  timeout: 60_000,
}, async () => {
  const refused = await line.run("key", "deactivate", "orders");
  expect([refused.code, refused.json.error.code]).toEqual([1, "E_IN_USE"]);
  expect(refused.json.error.what).toContain("shop: 2");
  expect(refused.json.error.detail.uses).toEqual([expect.objectContaining({ label: "shop", count: 2 })]);
  const withdrawn = await line.run("client", "revoke", "shop");
  expect(withdrawn.json.error.code).toBe("E_IN_USE");
  const { json: shown } = await line.run("key", "show", "orders");
  expect(shown.state).toBe("active");
  expect(shown.usedBy).toEqual([expect.objectContaining({ label: "shop", count: 2 })]);
});

test("a key whose state stands in the way says so first, with the state and the way there", {
  timeout: 60_000,
}, async () => {
  for (const more of [[], ["--yes"]]) {
    const { code, json } = await line.run("key", "destroy", "orders", ...more);
    expect([code, json.error.code]).toEqual([1, "E_PRESTATE"]);
    expect(json.error.what).toContain("The key is active");
    expect(json.error.next).toMatch(/holdfast-agent key deactivate/);
  }
});

test("a second process on the folder is told which process serves it", { timeout: 60_000 }, async () => {
  const { code, json } = await line.run("serve", "--page", "off", "--metrics", "off", "--kmip", "off", "--rest", "off");
  expect([code, json.error.code]).toEqual([1, "E_DATA_SERVED"]);
  if (existsSync("/proc/locks")) expect(json.error.what).toContain(`(${served.pid})`);
});

test("what nobody used ends without a question, and what is in use with --yes", { timeout: 60_000 }, async () => {
  expect((await line.run("key", "deactivate", "unused")).json.state).toBe("deactivated");
  expect((await line.run("key", "deactivate", "orders", "--yes")).json.state).toBe("deactivated");
  expect((await line.run("client", "revoke", "shop", "--yes")).json.state).toBe("revoked");
});

/** What somebody at a terminal reads and is asked, who answers with these words. */
async function atTerminal(act: string, key: string, answer: string | null, more: readonly string[] = []) {
  const heard: string[] = [];
  const context = {
    args: readArguments([key, ...more], { ...COMMON_OPTIONS, ...CONFIRM_OPTIONS }, act),
    out: {
      ...{ json: false, result: () => undefined, artefact: () => undefined, ask: () => undefined },
      say: (text: string) => heard.push(text),
    },
    admin: () => createAdminClient(line.path("data", "admin.sock")),
    adminIfServed: () => createAdminClient(line.path("data", "admin.sock")),
  };
  const failed = await confirmEnd(context, { act, key }, async (question) => {
    heard.push(question);
    return answer;
  }).then(
    () => null,
    (error: { code: string }) => error.code,
  );
  return { text: heard.join("\n"), failed };
}

test("who destroys a key with a local administrator is told that it is at once and for ever, and is asked, used or not", {
  timeout: 60_000,
}, async () => {
  for (const key of ["unused", "orders"]) {
    const { text, failed } = await atTerminal("key.destroy", key, "something else");
    expect(text).toContain("at once and for ever: there is no delay with a local administrator");
    expect(text).toContain(`Type ${key} to destroy it now, for ever`);
    expect(failed).toBe(key === "unused" ? "E_USAGE" : "E_IN_USE");
    expect((await atTerminal("key.destroy", key, key)).failed).toBeNull();
  }
  expect((await line.run("key", "destroy", "--help")).stdout).toContain("with a local administrator at once");
});

test("who suspends a key or marks it as exposed is told who used it and is asked; a script is not held up", {
  timeout: 60_000,
}, async () => {
  const asked = await atTerminal("key.compromise", "orders", "no");
  expect(asked.text).toMatch(/shop +2/);
  expect(asked.failed).toBe("E_IN_USE");
  expect((await atTerminal("key.compromise", "orders", null)).failed).toBeNull();
  const yes = await atTerminal("key.compromise", "orders", "no", ["--yes"]);
  expect([yes.failed, yes.text.includes("Type")]).toEqual([null, false]);
  expect((await line.run("key", "compromise", "orders")).json.state).toBe("compromised");
});

test("a destroyed key answers to its name until another has it, and is marked as exposed by it, every version with it", {
  timeout: 60_000,
}, async () => {
  expect((await line.run("key", "destroy", "unused")).json.state).toBe("destroyed");
  expect((await line.run("key", "show", "unused")).json.state).toBe("destroyed");
  const { json } = await line.run("key", "compromise", "unused");
  expect([json.state, json.versions[0].state]).toEqual(["destroyed-compromised", "destroyed-compromised"]);
  const { json: heir } = await line.run("key", "create", "--name", "unused");
  expect((await line.run("key", "show", "unused")).json.keyId).toBe(heir.keyId);
  expect((await line.run("key", "suspend", "unused")).json.keyId).toBe(heir.keyId);
  await line.run("key", "create", "--name", "unused");
  for (const verb of ["show", "suspend"]) {
    const several = await line.run("key", verb, "unused");
    expect([several.json.error.code, several.json.error.what]).toEqual([
      "E_PRESTATE",
      expect.stringContaining(heir.keyId),
    ]);
  }
});

test("the name of a key pair means its private half for every command, and says which half is which", {
  timeout: 60_000,
}, async () => {
  const { json: made } = await line.run("key", "create", "--name", "pair", "--algorithm", "EC-P256");
  const { json: shown } = await line.run("key", "show", "pair");
  expect([shown.keyId, shown.half]).toEqual([made.keyId, { of: "private", other: made.publicKey.keyId }]);
  expect((await line.run("key", "suspend", "pair")).json.keyId).toBe(made.keyId);
  const { json: other } = await line.run("key", "show", made.publicKey.keyId);
  expect(other.half).toEqual({ of: "public", other: made.keyId });
  expect(keyTable([shown, other])).toMatch(/EC-P256, private half[\s\S]*EC-P256, public half/);
  expect(keyText(shown)).toContain(made.publicKey.keyId);
});

test("a rule of several people or a delay, with a local administrator, is refused with the way to people", {
  timeout: 60_000,
}, async () => {
  for (const rule of [
    ["--m", "2"],
    ["--m", "1", "--delay", "P1D"],
  ]) {
    const { code, json } = await line.run("policy", "set", "key.destroy", ...rule);
    expect([code, json.error.code]).toEqual([1, "E_ROSTER_SCHEMA"]);
    expect(json.error.next).toMatch(/admin invite.*docs\/operate\/administrators.md/);
  }
});
