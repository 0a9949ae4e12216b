import { SoftwareAdministrator } from "@holdfast/testkit";
import { afterEach, expect, test } from "vitest";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { openTestDomain } from "../operations/testing/open-test-domain.ts";
import { productionSteps } from "./production-steps.ts";

const PAGE = {
  ...{
    origin: "https://keys.example.com",
    listen: "0.0.0.0:443",
    notAfter: null,
    passkeys: 4,
    renewal: null,
    alone: false,
    looseKey: null,
  },
  state: "serving",
  checked: { origin: "https://keys.example.com", at: 1, tls: "own", fingerprint: null },
} as const;
const ended: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of ended.splice(0)) await each.close();
});

test("a try-out with a local administrator has everything before it, and each step names what to do", async () => {
  const domain = await openTestDomain();
  ended.push(domain);
  const steps = productionSteps(domain.agent, domain.agent.domain ?? expect.unreachable(), {
    tellsPeople: false,
    pages: [],
  });
  expect(steps).toHaveLength(11);
  expect(steps.filter(({ done, next }) => done || next === undefined)).toEqual([]);
});

test("what is done is said as done: two people with two passkeys each on the company's page, and notices", async () => {
  const administrators = ["Ada", "Grace"].map((label) => new SoftwareAdministrator({ label, passkeys: 2 }));
  const agent = await PasskeyAgent.found({ administrators });
  ended.push(agent);
  const steps = productionSteps(agent.agent, agent.domain, { tellsPeople: true, pages: [PAGE] });
  const done = steps.filter((each) => each.done).map(({ what }) => what);
  expect(done).toEqual([
    "The page is served at https://keys.example.com.",
    "A browser has proved name, certificate and address.",
    "People approve at a page on a name of yours.",
    "There are 2 administrators.",
    "Everybody has a second passkey.",
    "A replacement key brings administrators back when all passkeys are lost.",
    "The key server itself tells people what waits and what fails.",
  ]);
});
