import { SoftwareAdministrator } from "@holdfast/testkit";
import { afterEach, expect, test } from "vitest";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { writeLink } from "../control-link/link-file.ts";
import { openTestDomain } from "../operations/testing/open-test-domain.ts";
import { TestWitness } from "../witnesses/testing/test-witness.ts";
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

test("the control plane's own witness is nobody outside it, at whatever address; another one counts once it has cosigned", async () => {
  const agent = await PasskeyAgent.found();
  ended.push(agent);
  const { witnesses } = agent.domain;
  const [dashboards, own] = [
    await TestWitness.serve(witnesses.logKeys(), "dashboard.example/w"),
    await TestWitness.serve(witnesses.logKeys()),
  ];
  ended.push(dashboards, own);
  const step = () =>
    productionSteps(agent.agent, agent.domain, { tellsPeople: true, pages: [PAGE] }).find(({ what }) =>
      /control plane|cosigns/.test(what),
    );
  const cosigned = async ({ name, url, vkey }: TestWitness) => {
    witnesses.add({ url, vkey });
    await expect
      .poll(() => witnesses.status().find((each) => each.name === name)?.cosignedAt, { timeout: 10_000 })
      .not.toBeNull();
  };
  const environment = { id: "e_1", name: "Production" };
  const link = { gateway: "https://dashboard.example", witness: dashboards.vkey, environment, linkedAt: 1 };
  writeLink(agent.dataDirectory, { ver: 1, ...link });
  await cosigned(dashboards);
  expect(step()).toMatchObject({ done: false, next: expect.stringContaining("witness add") });
  await own.silence();
  witnesses.add({ url: own.url, vkey: own.vkey });
  expect(step()).toMatchObject({ done: false, what: expect.stringContaining(own.name) });
  await own.open();
  await cosigned(own);
  expect(step()).toMatchObject({ done: true, what: expect.stringContaining("outside the control plane") });
});
