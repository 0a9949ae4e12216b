import "reflect-metadata";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { pageDoctorChecks } from "../admin/page-doctor.ts";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { withstand } from "../admission/testing/withstand.ts";
import { CompanyAuthority } from "../clients/testing/company-authority.ts";
import { countersOf } from "../endpoints/metrics/counters.ts";
import { metricsText } from "../endpoints/metrics/metrics-text.ts";
import { findNotices } from "../notices/find-notices.ts";
import { AgentPages } from "./agent-pages.ts";
import { installPageCertificate, requestPageCertificate } from "./page-request.ts";
import { certificateFolder, checkPageSetup, keepPageSetup, type PageSetup, pagePlace } from "./page-setup.ts";
import { freePort } from "./testing/page-caller.ts";
import { weakChain } from "./testing/weak-chain.ts";

const TRY_OUT = "http://agent.localhost:7400";
let agent: PasskeyAgent;
let company: CompanyAuthority;
let weak: { certPem: string; keyPem: string };
let bad: PageSetup;
let good: PageSetup;
const ended: AgentPages[] = [];

beforeAll(async () => {
  agent = await PasskeyAgent.found();
  company = await CompanyAuthority.make("Company", agent.clock.now() * 1000);
  weak = await weakChain(company, "bad.example.com");
}, 60_000);
beforeEach(async () => {
  bad = await named("bad.example.com");
  good = await named("good.example.com");
});
afterEach(async () => {
  for (const each of ended.splice(0)) await each.close();
  rmSync(join(agent.dataDirectory, "page"), { recursive: true, force: true });
  rmSync(join(agent.dataDirectory, "elsewhere"), { recursive: true, force: true });
});
afterAll(() => agent.close());

async function named(name: string): Promise<PageSetup> {
  const port = await freePort();
  return { origin: `https://${name}:${port}`, listen: `127.0.0.1:${port}`, tls: null };
}

async function start(tls: string | null = null): Promise<AgentPages> {
  const page = tls === null ? { listen: `127.0.0.1:${await freePort()}`, origin: TRY_OUT } : bad;
  const plan = { ...page, tls, named: true };
  const pages = await AgentPages.start({
    ...{ agent: agent.agent, plan, sans: [] },
    admin: join(agent.dataDirectory, "a.sock"),
  });
  ended.push(pages);
  return pages;
}

const stateOf = (pages: AgentPages, { origin }: PageSetup) => pages.states().find((each) => each.origin === origin);
const put = (folder: string, { certPem, keyPem }: { certPem: string; keyPem: string }) => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "tls.crt"), certPem);
  writeFileSync(join(folder, "tls.key"), keyPem);
};
const issue = async (name: string) => {
  const { certPem, keyPem } = await agent.domain.authority.issueServer([name]);
  return { certPem: certPem + agent.domain.authority.caPem, keyPem };
};
const install = async (setup: PageSetup, chainPem: string, keyPem: string | null = null) =>
  installPageCertificate(agent.dataDirectory, setup, { chainPem, keyPem, now: agent.clock.now() });

/** Sees a name answer by TLS. */
async function expectServed(pages: AgentPages, setup: PageSetup): Promise<void> {
  expect(stateOf(pages, setup)).toMatchObject({ state: "serving" });
  const { hostname, port } = new URL(setup.origin);
  await new Promise<void>((resolve, reject) => {
    const to = { host: "127.0.0.1", port: Number(port), servername: hostname, rejectUnauthorized: false };
    const socket = connect(to, () => {
      socket.destroy();
      resolve();
    }).once("error", reject);
  });
}

async function expectGoodOneServed(pages: AgentPages): Promise<void> {
  const { certPem, keyPem } = await issue("good.example.com");
  await install(good, certPem, keyPem);
  keepPageSetup(agent.dataDirectory, good);
  await pages.look();
  await expectServed(pages, good);
}

describe("a certificate that TLS does not take", () => {
  test("is refused before anything of it is placed, and a name set up afterwards is served", async () => {
    const pages = await start();
    await withstand(agent, null, async () => {
      await expect(install(bad, weak.certPem, weak.keyPem)).rejects.toMatchObject({
        code: "E_CERT_TLS",
        message: expect.stringContaining("KEY_TOO_SMALL"),
      });
    });
    expect(existsSync(join(pagePlace(agent.dataDirectory, bad.origin), "tls"))).toBe(false);
    await expectGoodOneServed(pages);
  });

  test("found in a name's place leaves that name out, at a start and at each look, is told everywhere, and heals", async () => {
    keepPageSetup(agent.dataDirectory, bad);
    put(certificateFolder(agent.dataDirectory, bad), weak);
    const pages = await withstand(agent, null, () => start());
    await withstand(agent, null, () => pages.look());
    expect(stateOf(pages, bad)).toMatchObject({ state: "refused", code: "E_CERT_TLS" });
    expect(pageDoctorChecks(pages)).toMatchObject([{ result: "bad", what: expect.stringContaining("E_CERT_TLS") }]);
    expect(metricsText(agent.agent, countersOf(agent.agent))).toContain("holdfast_page_addresses_not_served 1\n");
    const look = { now: agent.clock.now(), since: 0, sealedSince: null, ends: false };
    const told = () =>
      findNotices({ agent: agent.agent, link: null, ...look }).filter(({ item }) => item.id === "page");
    expect(told()).toMatchObject([
      { kind: "expiries.near", item: { kind: "certificate", name: new URL(bad.origin).host, code: "E_CERT_TLS" } },
    ]);
    await expectGoodOneServed(pages);
    put(certificateFolder(agent.dataDirectory, bad), await issue("bad.example.com"));
    await pages.look();
    await expectServed(pages, bad);
    expect(told()).toEqual([]);
    expect(metricsText(agent.agent, countersOf(agent.agent))).toContain("holdfast_page_addresses_not_served 0\n");
  });

  test("in the folder that `serve` was told of leaves the page out and all else served, and heals without a restart", async () => {
    const folder = join(agent.dataDirectory, "elsewhere");
    put(folder, weak);
    const pages = await withstand(agent, null, () => start(folder));
    expect(stateOf(pages, bad)).toMatchObject({ state: "refused", code: "E_CERT_TLS" });
    await expectGoodOneServed(pages);
    put(folder, await issue("bad.example.com"));
    await pages.look();
    await expectServed(pages, bad);
  });

  test("as a renewal is not shown: the one before stays, and doctor says so until there is a good one", async () => {
    const folder = join(agent.dataDirectory, "elsewhere");
    put(folder, await issue("bad.example.com"));
    keepPageSetup(agent.dataDirectory, { ...bad, tls: folder });
    const pages = await start();
    put(folder, weak);
    await withstand(agent, null, () => pages.look());
    await expectServed(pages, bad);
    expect(stateOf(pages, bad)).toMatchObject({ renewal: { code: "E_CERT_TLS" } });
    expect(pageDoctorChecks(pages)).toMatchObject([{ result: "bad", what: expect.stringContaining("E_CERT_TLS") }]);
    put(folder, await issue("bad.example.com"));
    await pages.look();
    expect(stateOf(pages, bad)).toMatchObject({ state: "serving", renewal: null });
  });
});

describe("a folder that holds anything else", () => {
  const things: [string, (path: string) => void][] = [
    ["a folder", (path) => mkdirSync(path)],
    ["a pipe that nobody writes into", (path) => expect(spawnSync("mkfifo", [path]).status).toBe(0)],
    ["a file without an end", (path) => symlinkSync("/dev/zero", path)],
    ["nothing", (path) => writeFileSync(path, "")],
    ["another's text", (path) => writeFileSync(path, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")],
  ];
  for (const file of ["tls.crt", "tls.key"])
    test.for(things)(`${file} as %s leaves that name out, and all else is served`, async ([, make]) => {
      const folder = join(agent.dataDirectory, "elsewhere");
      put(folder, await issue("bad.example.com"));
      rmSync(join(folder, file));
      make(join(folder, file));
      keepPageSetup(agent.dataDirectory, { ...bad, tls: folder });
      const pages = await withstand(agent, null, () => start());
      expect(stateOf(pages, bad)).toMatchObject({ state: "refused", code: "E_CERT_FORM" });
      await expectGoodOneServed(pages);
    });

  test("a list of names that was damaged ends no page that is served, and is told until it is mended", async () => {
    const pages = await start();
    await expectGoodOneServed(pages);
    writeFileSync(join(agent.dataDirectory, "page", "pages.json"), '{"ver":1,"pages":[{"origin":"https://keys.1"}]}');
    await withstand(agent, null, () => pages.look());
    expect(agent.agent.pageOrigins).toContain(good.origin);
    expect(pageDoctorChecks(pages)).toMatchObject([
      { result: "bad", what: expect.stringContaining("pages.json") },
      { result: "warning" },
    ]);
    rmSync(join(agent.dataDirectory, "page", "pages.json"));
    await expectGoodOneServed(pages);
    expect(pageDoctorChecks(pages)).toMatchObject([{ result: "warning" }]);
  });
});

describe("a chain without issuers", () => {
  test("is refused where a person installs it, and doctor warns of one in a folder", async () => {
    const csr = await requestPageCertificate(agent.dataDirectory, bad, "P-256");
    const leaf = await company.sign(csr);
    await expect(install(bad, leaf)).rejects.toMatchObject({ code: "E_CERT_CHAIN" });
    await install(bad, await company.chain(csr));
    writeFileSync(join(certificateFolder(agent.dataDirectory, bad), "tls.crt"), leaf);
    keepPageSetup(agent.dataDirectory, bad);
    const pages = await start();
    await expectServed(pages, bad);
    expect(pageDoctorChecks(pages)).toMatchObject([{ result: "warning", what: expect.stringContaining("issuer") }]);
  });
});

test("no address that passkeys cannot belong to is taken as a name: IP addresses, and names that end in a number", () => {
  for (const host of ["127.0.0.1", "10.0.0.5", "[::1]", "1.2.3", "keys.1", "keys.0x7f"])
    expect(() => checkPageSetup(agent.dataDirectory, { ...bad, origin: `https://${host}:8443` })).toThrow(
      expect.objectContaining({ code: "E_PAGE_SETUP" }),
    );
  expect(() => checkPageSetup(agent.dataDirectory, good)).not.toThrow();
});
