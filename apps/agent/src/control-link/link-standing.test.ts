import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { controlPlaneChecks } from "../admin/link-checks.ts";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import type { ControlLink } from "./control-link.ts";
import { writeLink } from "./link-file.ts";
import { startControlLink } from "./start-control-link.ts";
import { HostileGateway } from "./testing/hostile-gateway.ts";

const WITNESS = "holdfast-witness/c300211e0a5137da+b8fa3543+BDD5qX3jTikFiLThg95nj3fO6sWPfy7Wv/NDHcYC3S5H";

let agent: PasskeyAgent;
let gateway: HostileGateway;
let link: ControlLink;
beforeAll(async () => {
  agent = await PasskeyAgent.found();
  gateway = await HostileGateway.start();
});
afterEach(() => link.close());
afterAll(async () => {
  await gateway.close();
  await agent.close();
});

function start(url: string): void {
  const environment = { id: "e", name: "Production" };
  writeLink(agent.agent.dataDirectory, { ver: 1, gateway: url, witness: WITNESS, environment, linkedAt: 1 });
  link = startControlLink({ agent: agent.agent, urls: () => ({ rest: null, kmip: null }) });
}

test("a control plane that lost its database and so does not know the key server is told with what brings them together", async () => {
  gateway.answer = (_, response) => {
    response.writeHead(401, { "content-type": "application/json" }).end(JSON.stringify({ code: "E_AGENT" }));
    return null;
  };
  start(gateway.url);
  await expect.poll(() => link.status()?.fault).toMatchObject({ code: "E_GATEWAY_REFUSED", reason: "E_AGENT" });
  expect(controlPlaneChecks(link.status())).toMatchObject([
    {
      result: "warning",
      what: expect.stringContaining("does not know this key server (E_AGENT)"),
      next: expect.stringContaining("`holdfast-agent link --token TOKEN`"),
    },
  ]);
  gateway.answer = ({ path }) => (path === "/v1/log/state" ? { links: 1, size: agent.domain.log.size } : {});
  await expect.poll(() => link.status()?.fault, { timeout: 10_000 }).toBeNull();
  expect(link.status()?.connectedAt).toBeTypeOf("number");
  expect(controlPlaneChecks(link.status())).toMatchObject([{ result: "good" }]);
});

test("one that is not there is told with since when, and that nothing waits for it", async () => {
  start("http://127.0.0.1:1");
  await expect.poll(() => link.status()?.fault?.code).toBe("E_GATEWAY");
  expect(controlPlaneChecks(link.status())).toMatchObject([
    { result: "warning", what: expect.stringMatching(/cannot be used since .* UTC \(E_GATEWAY\).*go on without it/) },
  ]);
  await link.unlink();
  expect(controlPlaneChecks(link.status())).toEqual([]);
});
