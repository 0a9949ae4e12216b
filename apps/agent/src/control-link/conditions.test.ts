import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { countersOf } from "../endpoints/metrics/counters.ts";
import { FailingDisk } from "../keystore/sqlite/testing/failing-disk.ts";
import type { ControlLink } from "./control-link.ts";
import { writeLink } from "./link-file.ts";
import { startControlLink } from "./start-control-link.ts";
import { HostileGateway } from "./testing/hostile-gateway.ts";

const WITNESS = "holdfast-witness/c300211e0a5137da+b8fa3543+BDD5qX3jTikFiLThg95nj3fO6sWPfy7Wv/NDHcYC3S5H";

let agent: PasskeyAgent;
let gateway: HostileGateway;
let link: ControlLink;
let disk: FailingDisk;
beforeAll(async () => {
  agent = await PasskeyAgent.found();
  await agent.key();
  gateway = await HostileGateway.start();
  gateway.answer = ({ path }) =>
    path === "/v1/log/state" ? { links: 1, size: agent.agent.domain?.log.size ?? 0 } : {};
  const environment = { id: "e", name: "Production" };
  writeLink(agent.dataDirectory, { ver: 1, gateway: gateway.url, witness: WITNESS, environment, linkedAt: 1 });
  link = startControlLink({ agent: agent.agent, urls: () => ({ rest: null, kmip: null }) });
  disk = new FailingDisk(join(agent.dataDirectory, "agent.db"));
});
afterEach(() => {
  disk.fail(0);
});
afterAll(async () => {
  disk.mend();
  await link.close();
  await gateway.close();
  await agent.close();
});

interface Said {
  sealed: boolean;
  conditions: { kind: string }[];
}

const said = (path: string): Said | undefined =>
  gateway.seen
    .filter((seen) => seen.path === path)
    .map(({ body }) => (JSON.parse(body) as { status: Said }).status)
    .at(-1);
/** What it said with its newest poll. */
const conditions = () => said("/v1/poll")?.conditions;

test("a control plane is told of a disk while it makes nothing durable, of its failures afterwards, and of nothing where all is well", async () => {
  await expect.poll(conditions).toEqual([]);
  const { clock, domain } = agent;
  disk.fail(1_000);
  expect(() => domain.store.sync()).toThrow(expect.objectContaining({ code: "E_STORE" }));
  const since = clock.now();
  await expect.poll(conditions).toEqual([{ kind: "disk.doubtful", at: since, count: expect.any(Number) }]);
  disk.fail(0);
  clock.advance(1);
  await agent.key();
  await expect.poll(conditions).toEqual([{ kind: "disk.failed", at: since, count: domain.store.disk.failures }]);
});

test("it is told how many addresses of the page are not served, of a clock that is not believed, and no name of any", async () => {
  const { pagesNotServed } = countersOf(agent.agent);
  pagesNotServed.set("keys.secret-project.example", "E_CERTIFICATE");
  agent.clock.setWall(agent.clock.now() + 3_600);
  await expect
    .poll(conditions)
    .toEqual([
      expect.objectContaining({ kind: "disk.failed" }),
      { kind: "clock.off" },
      { kind: "pages.unserved", count: 1 },
    ]);
  expect(gateway.text()).not.toContain("secret-project");
  agent.clock.setWall(agent.clock.now() - 3_600);
  pagesNotServed.clear();
  await expect.poll(() => conditions()?.length).toBe(1);
});

test("a lock is told at once, and not with the next poll only", async () => {
  const held = Promise.withResolvers<void>();
  const { answer } = gateway;
  let polls = 0;
  gateway.answer = (seen, response) => {
    if (seen.path !== "/v1/poll") return answer(seen, response);
    polls += 1;
    void held.promise.then(() => response.end("{}"));
    return null; // as a gateway keeps a poll for 25 seconds
  };
  const before = gateway.seen.length;
  await expect.poll(() => polls).toBe(1);
  agent.domain.executor.lockByHost();
  await expect.poll(() => said("/v1/status")).toMatchObject({ locked: true, sealed: false });
  expect(polls).toBe(1);
  expect(gateway.seen.slice(before).filter(({ path }) => path === "/v1/status")).toHaveLength(1);
  gateway.answer = answer;
  held.resolve();
});

test("a seal is the last that is said, signed while it can be, and keeps nobody from sealing where the control plane is gone", async () => {
  agent.agent.seal();
  await expect.poll(() => said("/v1/status")).toMatchObject({ name: "agent one", sealed: true });
  const last = gateway.seen.filter(({ path }) => path === "/v1/status").at(-1);
  expect(JSON.parse(last?.head ?? "{}")).toMatchObject({ signature: expect.stringMatching(/^sig1=:/) });
  await agent.agent.unseal();
  await expect.poll(() => said("/v1/poll")).toMatchObject({ sealed: false });
  await gateway.close();
  agent.agent.seal();
  expect(agent.agent.sealed).toBe(true);
});
