import type { PolicyRule } from "@holdfast/protocol";
import { SoftwareAdministrator } from "@holdfast/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestGateway, type TestGateway } from "../../../web/src/gateway/testing/test-gateway.ts";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { expectObeys, withstand } from "../admission/testing/withstand.ts";
import { type DraftedLink, deliver, draft } from "../roster/testing/links.ts";
import { backedUp } from "../roster/testing/restored.ts";
import { GatewayClient } from "./gateway-client.ts";
import { uploadLog } from "./log-upload.ts";

const { signal } = new AbortController();
const [ada, grace, mallory] = ["Ada", "Grace", "Mallory"].map((label) => new SoftwareAdministrator({ label })) as [
  SoftwareAdministrator,
  SoftwareAdministrator,
  SoftwareAdministrator,
];
let agent: PasskeyAgent;
let gateway: TestGateway;
let client: GatewayClient;

beforeAll(async () => {
  gateway = await startTestGateway();
  agent = await PasskeyAgent.found({ administrators: [ada, grace, mallory] });
  const { aid, keys, name } = agent.domain;
  const now = () => Math.floor(Date.now() / 1_000);
  const { aik } = keys;
  client = new GatewayClient({
    gateway: gateway.url,
    aid,
    now,
    aik: { ...aik, sign: (base) => agent.domain.keys.aik.sign(base) },
  });
  const secret = await gateway.newSecret(await gateway.newScope());
  const named = agent.domain.rosters.current().roster.agents[0]?.aik;
  await client.post("/v1/enrol", { secret, aid, aik: named, name, version: "0.1.0" }, { signal });
});
afterAll(async () => {
  await agent?.close();
  await gateway?.stop();
});

const stricter = (rule: PolicyRule, act: string) => (rule.act === act ? { ...rule, m: 2 } : rule);

async function changed(link: DraftedLink): Promise<void> {
  expect(await deliver(agent, link, ada, grace)).toMatchObject({ outcome: "applied" });
}

test("a restored key server learns from its dashboard who was removed since, before anybody accepts the restore", async () => {
  await agent.key("kept");
  const restore = await backedUp(agent);
  for (const act of ["key.label", "key.activate"])
    await changed(
      draft(agent, {}, [], (roster) => ({ ...roster, policy: roster.policy.map((rule) => stricter(rule, act)) })),
    );
  await changed(draft(agent, { removeAdministrators: [mallory.adm] }));
  agent.domain.executor.recordHostEvent("report"); // lost, too
  expect(await uploadLog(agent.domain, client, signal)).toBe(true);
  agent.clock.advance(30 * 86_400);
  await restore();
  // It still holds less than the dashboard, which is what people give up; its administrators are the newest.
  await expect(uploadLog(agent.domain, client, signal)).rejects.toMatchObject({ code: "E_GATEWAY_REFUSED" });
  expect(agent.domain.rosters.current().roster.seq).toBe(3);
  const args = { size: agent.domain.log.size, root: agent.domain.log.root() };
  const command = agent.propose("restore.accept", { args });
  await withstand(
    agent,
    "E_CRED_UNKNOWN",
    async () => expect(await agent.deliver(command, 2)).toMatchObject({ code: "E_CRED_UNKNOWN" }),
    async () => {
      expect(await agent.deliver(command, 0, 1)).toMatchObject({ outcome: "applied" });
      agent.administrators.pop();
      await expectObeys(agent);
    },
  );
});
