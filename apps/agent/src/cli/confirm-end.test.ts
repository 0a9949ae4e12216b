import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RestClient } from "../endpoints/rest/testing/rest-client.ts";
import { CommandLineRun } from "./testing/command-line-run.ts";

const line = new CommandLineRun();
beforeAll(async () => {
  await line.run("init", "--standalone");
  const { ready } = await line.serve(["--rest", "127.0.0.1:0", "--page", "off"]);
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
  const withdrawn = await line.run("client", "revoke", "shop");
  expect(withdrawn.json.error.code).toBe("E_IN_USE");
  const { json: shown } = await line.run("key", "show", "orders");
  expect(shown.state).toBe("active");
  expect(shown.usedBy).toEqual([expect.objectContaining({ label: "shop", count: 2 })]);
});

test("what nobody used ends without a question, and what is in use with --yes", { timeout: 60_000 }, async () => {
  expect((await line.run("key", "deactivate", "unused")).json.state).toBe("deactivated");
  expect((await line.run("key", "deactivate", "orders", "--yes")).json.state).toBe("deactivated");
  expect((await line.run("client", "revoke", "shop", "--yes")).json.state).toBe("revoked");
});
