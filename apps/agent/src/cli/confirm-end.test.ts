import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RestClient } from "../endpoints/rest/testing/rest-client.ts";
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
