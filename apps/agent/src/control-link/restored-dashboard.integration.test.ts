import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestGateway, type TestGateway } from "../../../web/src/gateway/testing/test-gateway.ts";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { GatewayClient } from "./gateway-client.ts";
import { uploadLog } from "./log-upload.ts";

const { signal } = new AbortController();
let agent: PasskeyAgent;
let gateway: TestGateway;
let client: GatewayClient;

beforeAll(async () => {
  gateway = await startTestGateway();
  agent = await PasskeyAgent.found();
  const { aid, keys, name } = agent.domain;
  const now = () => Math.floor(Date.now() / 1_000);
  client = new GatewayClient({ gateway: gateway.url, aid, aik: keys.aik, now });
  const secret = await gateway.newSecret(await gateway.newScope());
  const aik = agent.domain.rosters.current().roster.agents[0]?.aik;
  await client.post("/v1/enrol", { secret, aid, aik, name, version: "0.1.0" }, { signal });
});
afterAll(async () => {
  await agent?.close();
  await gateway?.stop();
});

const held = () => client.post<{ size: number }>("/v1/log/state", {}, { signal });

test("row 69: a database restored from last week changes no key, its old requests are refused, and the agent uploads again", async () => {
  const key = await agent.key();
  expect(await uploadLog(agent.domain, client, signal)).toBe(true);
  const [obeyed, stale] = [0, 1].map(() => agent.propose("key.rotate", { key: key.id })) as [
    ReturnType<PasskeyAgent["propose"]>,
    ReturnType<PasskeyAgent["propose"]>,
  ];
  const restore = await gateway.backUp();
  const size = (await held()).size;
  expect(await agent.deliver(obeyed, 0)).toMatchObject({ outcome: "applied" });
  await agent.key("made since");
  await uploadLog(agent.domain, client, signal);
  const before = JSON.stringify([...agent.domain.keystore.keys()]);

  await restore();
  expect((await held()).size).toBe(size);
  expect(agent.domain.log.size).toBeGreaterThan(size);
  expect(await agent.deliver(stale, 0)).toMatchObject({ outcome: "refused", code: "E_PRESTATE" });
  expect(await agent.deliver(obeyed, 0)).toMatchObject({ outcome: "applied" });
  expect(JSON.stringify([...agent.domain.keystore.keys()])).toBe(before);
  expect(agent.kinds(-1 + agent.domain.log.size)).toEqual(["command.refused"]);

  expect(await uploadLog(agent.domain, client, signal)).toBe(true);
  expect((await held()).size).toBe(agent.domain.log.size);
  const [read] = await gateway.database.query<{ keys: string }>("SELECT count(*) AS keys FROM app.key");
  expect(Number(read?.keys)).toBe(2);
  expect(await agent.apply("key.rotate", { key: key.id })).toMatchObject({ outcome: "applied" });
  expect(await uploadLog(agent.domain, client, signal)).toBe(true);
});
