import { generateKeyPairSync } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { SoftwareAdministrator, SoftwarePasskey } from "@holdfast/testkit";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { doctorChecks } from "../admin/doctor-checks.ts";
import { type MoveAnswer, moveRoute } from "../admin/move-routes.ts";
import { pageDoctorChecks } from "../admin/page-doctor.ts";
import { pageRoutes } from "../admin/page-routes.ts";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { expectObeys } from "../admission/testing/withstand.ts";
import { recordsByProgram } from "./acme/dns-records.ts";
import { orderPageCertificate } from "./acme/page-order.ts";
import { AcmeServer } from "./acme/testing/acme-server.ts";
import { AgentPages } from "./agent-pages.ts";
import { looseKeyIn } from "./page-certificate.ts";
import { pageName } from "./page-name.ts";
import { installPageCertificate, requestPageCertificate } from "./page-request.ts";
import {
  certificateFolder,
  dropPageSetup,
  keepPageSetup,
  type PageSetup,
  pagePlace,
  pageSetups,
} from "./page-setup.ts";
import { freePort } from "./testing/page-caller.ts";

const NAME = "keys.example.com";
const HOSTED = "approve.operator.example";
const TRY_OUT = "http://agent.localhost:7400";
let agent: PasskeyAgent;
let setup: PageSetup;
let plan: { listen: string; origin: string; tls: null; named: boolean };
const ended: AgentPages[] = [];

beforeAll(async () => {
  const page = { channel: "this-machine", rpId: "agent.localhost", origin: TRY_OUT } as const;
  const ada = new SoftwareAdministrator({ label: "Ada", ...page });
  const hosted = new SoftwarePasskey({ channel: "hosted", rpId: HOSTED, seed: "operator's page" });
  Object.assign(ada, { passkeys: [...ada.passkeys, hosted] });
  agent = await PasskeyAgent.found({ administrators: [ada] });
}, 60_000);
beforeEach(async () => {
  const port = await freePort();
  setup = { origin: `https://${NAME}:${port}`, listen: `127.0.0.1:${port}`, tls: null };
  plan = { listen: `127.0.0.1:${await freePort()}`, origin: TRY_OUT, tls: null, named: false };
});
afterEach(async () => {
  for (const each of ended.splice(0)) await each.close();
  rmSync(join(agent.dataDirectory, "page"), { recursive: true, force: true });
});
afterAll(() => agent.close());

async function start(sans: readonly string[] = []): Promise<AgentPages> {
  const pages = await AgentPages.start({ agent: agent.agent, plan, admin: join(agent.dataDirectory, "a.sock"), sans });
  ended.push(pages);
  return pages;
}

/** A certificate of the domain's own authority, as the company's would be, with its key. */
const issue = async (name = NAME) => {
  const { certPem, keyPem } = await agent.domain.authority.issueServer([name]);
  return { certPem: certPem + agent.domain.authority.caPem, keyPem };
};
const install = (chainPem: string, keyPem: string | null = null, now = agent.clock.now(), of = setup) =>
  installPageCertificate(agent.dataDirectory, of, { chainPem, keyPem, now });
const stateOf = (pages: AgentPages, origin = setup.origin) => pages.states().find((each) => each.origin === origin);
const refusal = (act: () => unknown): string => {
  try {
    act();
    return "none";
  } catch (cause) {
    return (cause as { code: string }).code;
  }
};

function call(
  path: string,
  body: object,
  host = new URL(setup.origin).host,
): Promise<{ status: number; json: Record<string, unknown> }> {
  const headers = {
    host,
    origin: setup.origin,
    "holdfast-page": "1",
    "sec-fetch-site": "same-origin",
    "content-type": "application/json",
  };
  const to = {
    host: "127.0.0.1",
    port: new URL(setup.origin).port,
    path,
    method: "POST",
    headers,
    rejectUnauthorized: false,
    servername: NAME,
    agent: false,
  };
  return new Promise((resolve, reject) => {
    request(to, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (part: string) => {
        text += part;
      });
      answer.once("end", () => resolve({ status: answer.statusCode ?? 0, json: JSON.parse(text) }));
    })
      .once("error", reject)
      .end(JSON.stringify(body));
  });
}

function serialShown(): Promise<string> {
  const to = {
    host: "127.0.0.1",
    port: Number(new URL(setup.origin).port),
    rejectUnauthorized: false,
    servername: NAME,
  };
  return new Promise((resolve, reject) => {
    const socket = connect(to, () => {
      resolve(socket.getPeerX509Certificate()?.serialNumber ?? "");
      socket.destroy();
    }).once("error", reject);
  });
}

describe("a page's certificate", () => {
  test("is installed whole or not at all: another name, another key, a missing issuer and an end are refused by code", async () => {
    const { certPem, keyPem } = await issue();
    const other = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
      type: "pkcs8",
      format: "pem",
    });
    const [leaf = "", issuer = ""] = certPem.split(/(?<=-----END CERTIFICATE-----\n?)(?=-----BEGIN)/);
    const stranger = await issue("other.example.com");
    expect(refusal(() => install(certPem))).toBe("E_CERT_REQUEST");
    expect(refusal(() => install(certPem, String(other)))).toBe("E_CERT_KEY");
    expect(refusal(() => install(certPem, "no key"))).toBe("E_CERT_FORM");
    expect(refusal(() => install(stranger.certPem, stranger.keyPem))).toBe("E_CERT_NAMES");
    expect(refusal(() => install(`${leaf}${leaf}${issuer}`, keyPem))).toBe("E_CERT_CHAIN");
    expect(refusal(() => install(leaf, keyPem))).toBe("E_CERT_CHAIN");
    const later = agent.clock.now() + 400 * 86_400;
    expect(refusal(() => install(certPem, keyPem, later))).toBe("E_CERT_TIME");
    expect(existsSync(join(pagePlace(agent.dataDirectory, setup.origin), "tls"))).toBe(false);
  });

  test("is for a key that never leaves the data folder, readable by its user alone, and the request's key stays until the chain is there", async () => {
    const csr = await requestPageCertificate(agent.dataDirectory, setup, "P-256");
    expect(csr).toContain("BEGIN CERTIFICATE REQUEST");
    expect(csr).not.toContain("PRIVATE");
    const key = join(pagePlace(agent.dataDirectory, setup.origin), "request.key");
    expect(statSync(key).mode & 0o777).toBe(0o600);
    const { certPem } = await issue();
    expect(refusal(() => install(certPem))).toBe("E_CERT_KEY");
    expect(readFileSync(key, "utf8")).toContain("PRIVATE KEY");
  });
});

describe("the page's names", () => {
  test("are host names of a company only, and a list of them that was changed is refused whole", () => {
    for (const origin of [
      "http://keys.example.com",
      "https://localhost",
      "https://a.localhost",
      "https://10.0.0.1:x",
      "https://keys",
      "https://keys.example.com/x",
      "https://co.uk",
      `https://${"a".repeat(64)}.example.com`,
      "https://xn--bad.example.com",
      ...["keys.example.com/x", "keys.example.com?x", "https://keys.example.com", "a@keys.example.com"].map(
        (given) => `https://${pageName(given)}`,
      ),
    ])
      expect(refusal(() => keepPageSetup(agent.dataDirectory, { ...setup, origin }))).toBe("E_PAGE_SETUP");
    keepPageSetup(agent.dataDirectory, setup);
    expect(pageSetups(agent.dataDirectory)).toEqual([setup]);
    const path = join(agent.dataDirectory, "page", "pages.json");
    writeFileSync(path, readFileSync(path, "utf8").replace(NAME, "keys.example.com/../x"));
    expect(refusal(() => pageSetups(agent.dataDirectory))).toBe("E_PAGE_SETUP");
  });

  test("are served beside the try-out's as soon as there is a certificate, without a restart, and no longer when taken away", async () => {
    const pages = await start();
    keepPageSetup(agent.dataDirectory, setup);
    await pages.look();
    expect(stateOf(pages)).toMatchObject({ state: "waiting", passkeys: 0 });
    const { certPem, keyPem } = await issue();
    install(certPem, keyPem);
    await pages.look();
    expect(stateOf(pages)).toMatchObject({ state: "serving", notAfter: expect.any(Number) });
    expect(stateOf(pages, TRY_OUT)).toMatchObject({ state: "serving", passkeys: 1 });
    expect(agent.agent.pageOrigins).toEqual([setup.origin, TRY_OUT]);
    expect(agent.agent.pageOrigin).toBe(TRY_OUT); // where the passkeys in force are
    const renewal = () => doctorChecks(agent.agent).find(({ name }) => name === "page certificate")?.next;
    expect(renewal()).toContain(`page setup --name ${NAME} --certificate FILE`);
    const folder = certificateFolder(agent.dataDirectory, setup);
    cpSync(folder, join(agent.dataDirectory, "renewed"), { recursive: true });
    keepPageSetup(agent.dataDirectory, { ...setup, tls: join(agent.dataDirectory, "renewed") });
    expect(renewal()).toContain(`into ${join(agent.dataDirectory, "renewed")}`);
    keepPageSetup(agent.dataDirectory, setup);
    expect(
      (await call("/page/invitation", { invitation: "x" }, `other.example.com:${new URL(setup.origin).port}`)).status,
    ).toBe(421);
    dropPageSetup(agent.dataDirectory, setup.origin);
    await pages.look();
    expect(agent.agent.pageOrigins).toEqual([TRY_OUT]);
    expect(doctorChecks(agent.agent).map(({ name }) => name)).not.toContain("page certificate");
  });

  test("are not served where another listener answers to them", async () => {
    keepPageSetup(agent.dataDirectory, setup);
    const { certPem, keyPem } = await issue();
    install(certPem, keyPem);
    for (const name of [NAME, "Keys.Example.com"]) {
      const pages = await start([name]);
      expect(stateOf(pages)).toMatchObject({ state: "refused", code: "E_PAGE_SETUP" });
      expect(pageDoctorChecks(pages)).toMatchObject([{ result: "bad" }]);
      await ended.pop()?.close();
    }
  });
});

test("a move goes on to the address that people were invited to, whatever is set up meanwhile, until that is taken away", async () => {
  const { certPem, keyPem } = await issue();
  install(certPem, keyPem);
  keepPageSetup(agent.dataDirectory, setup);
  let pages = await start();
  const move = () => moveRoute(() => agent.domain, pages).run({ body: {} } as never, "") as Promise<MoveAnswer>;
  expect(await move()).toMatchObject({ stage: "passkeys", to: setup.origin, people: [{ state: "invited" }] });
  const port = await freePort();
  const later = { origin: `https://later.example.com:${port}`, listen: `127.0.0.1:${port}`, tls: null };
  const other = await issue("later.example.com");
  install(other.certPem, other.keyPem, agent.clock.now(), later);
  keepPageSetup(agent.dataDirectory, later);
  await ended.pop()?.close();
  pages = await start();
  expect(pages.states()[0]).toMatchObject({ origin: later.origin, state: "serving" });
  const { to, what } = await move();
  expect([to, what]).toEqual([setup.origin, expect.stringContaining("later.example.com")]);
  dropPageSetup(agent.dataDirectory, setup.origin);
  await pages.look();
  expect(await move()).toMatchObject({ to: later.origin, what: expect.not.stringContaining("was set up since") });
});

test("a key in a folder that somebody else renews is told of where strangers may read it, and its group may", async () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-tls-"));
  try {
    const { certPem, keyPem } = await issue();
    writeFileSync(join(folder, "tls.crt"), certPem);
    const key = join(folder, "tls.key");
    writeFileSync(key, keyPem, { mode: 0o640 });
    keepPageSetup(agent.dataDirectory, { ...setup, tls: folder });
    const pages = await start();
    expect([stateOf(pages)?.looseKey, stateOf(pages)?.state]).toEqual([null, "serving"]);
    for (const mode of [0o644, 0o660, 0o606]) {
      chmodSync(key, mode);
      expect(pageDoctorChecks(pages)).toMatchObject([{ result: "bad", what: expect.stringContaining(key) }]);
    }
    expect(looseKeyIn(folder)).toBe(key);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

describe("the name of a hosted page that somebody has a passkey of", () => {
  const names = [HOSTED, `keys.${HOSTED}`, "operator.example"];

  test("is refused for the page before anything is made for it, at any port, and so is one above or below it", async () => {
    const run = pageRoutes({ pages: await start(), agent: agent.agent }).find(({ path }) =>
      path.test("/v1/pages/name"),
    )?.run;
    const ask = (origin: string) => refusal(() => run?.({ body: { origin } } as never, ""));
    for (const name of names)
      for (const port of ["", ":8443"]) expect(ask(`https://${name}${port}`)).toBe("E_PAGE_SETUP");
    for (const name of [NAME, `not${HOSTED}`]) expect(ask(`https://${name}`)).toBe("none");
    expect(ask("keys")).toBe("E_SCHEMA");
  });

  test("is not served where it was set up while no key server ran, and doctor says why", async () => {
    const [name] = names as [string];
    const of = { ...setup, origin: setup.origin.replace(NAME, name) };
    const { certPem, keyPem } = await issue(name);
    keepPageSetup(agent.dataDirectory, of);
    install(certPem, keyPem, undefined, of);
    const pages = await start();
    expect(stateOf(pages, of.origin)).toMatchObject({ state: "refused", code: "E_PAGE_SETUP" });
    const [check] = pageDoctorChecks(pages);
    expect(check).toMatchObject({ result: "bad", what: expect.stringContaining("the name of a hosted page") });
  });
});

describe("an installed certificate that was damaged", () => {
  const DAMAGES: [string, (path: string) => void][] = [
    ["is empty", (path) => writeFileSync(path, "")],
    ["is no PEM", (path) => writeFileSync(path, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")],
    ["is cut short", (path) => writeFileSync(path, readFileSync(path, "utf8").slice(0, 100))],
    [
      "is a folder",
      (path) => {
        rmSync(path);
        mkdirSync(path);
      },
    ],
    ["is gone", (path) => rmSync(path)],
  ];

  test("leaves its name out by code, whatever the damage, keys go on, and a new one takes its place", async () => {
    const { certPem, keyPem } = await issue();
    keepPageSetup(agent.dataDirectory, setup);
    for (const file of ["tls.crt", "tls.key"])
      for (const [how, damage] of DAMAGES) {
        install(certPem, keyPem);
        damage(join(pagePlace(agent.dataDirectory, setup.origin), "tls", file));
        const pages = await start();
        const { state, code } = stateOf(pages) ?? {};
        if (file === "tls.crt" && how === "is gone") expect(state).toBe("waiting");
        else expect([state, code], `${file} ${how}`).toEqual(["refused", expect.stringMatching(/^E_CERT_(FORM|KEY)$/)]);
        const [found] = pageDoctorChecks(pages);
        expect([found?.result, found?.next], `${file} ${how}`).toEqual([
          expect.stringMatching(/bad|warning/),
          expect.stringContaining("page setup"),
        ]);
        expect(
          refusal(() => install(certPem)),
          `${file} ${how}`,
        ).toMatch(/^(none|E_CERT_(REQUEST|FORM|KEY))$/);
        install(certPem, keyPem);
        await pages.look();
        expect(stateOf(pages)).toMatchObject({ state: "serving" });
        await ended.pop()?.close();
      }
    await expectObeys(agent);
  });

  test("by a disk that takes nothing, is told as that and not as a wrong key", async () => {
    const { certPem, keyPem } = await issue();
    const place = pagePlace(agent.dataDirectory, setup.origin);
    mkdirSync(join(place, ".."), { recursive: true });
    writeFileSync(place, "a file where the folder is to be");
    expect(refusal(() => install(certPem, keyPem))).toBe("E_PAGE_SETUP");
  });
});

describe("a check from the browser", () => {
  test("takes the console's word once, at the address that it was made for, and says what was shown", async () => {
    keepPageSetup(agent.dataDirectory, setup);
    const { certPem, keyPem } = await issue();
    install(certPem, keyPem);
    const pages = await start();
    const word = () => pages.checks.begin(setup.origin).url.split("#")[1] ?? "";
    const check = async (given: string, origin = setup.origin) =>
      (await call("/page/check", { word: given, origin })).json;
    expect(await check("A".repeat(22))).toMatchObject({ code: "E_PAGE_CHECK" });
    expect(await check(word(), TRY_OUT)).toMatchObject({ code: "E_PAGE_CHECK" });
    const elsewhere = pages.checks.begin(TRY_OUT).url.split("#")[1] ?? "";
    expect(await check(elsewhere)).toMatchObject({ code: "E_PAGE_CHECK" });
    expect(pages.checks.last(setup.origin)).toBeNull();
    const kept = word();
    for (let wrong = 0; wrong < 6; wrong += 1)
      expect(await check("A".repeat(22))).toMatchObject({ code: "E_PAGE_CHECK" });
    expect(await check(kept)).toMatchObject({ tls: "own" }); // strangers' wrong words end nothing
    const old = word();
    agent.clock.advance(601);
    expect(await check(old)).toMatchObject({ code: "E_PAGE_CHECK" });
    const good = word();
    const answer = {
      origin: setup.origin,
      tls: "own",
      rpId: NAME,
      channel: "customer",
      passkeys: 0,
      elsewhere: [TRY_OUT],
    };
    expect(await check(good)).toMatchObject(answer);
    expect(pages.checks.answer()).toMatchObject(answer);
    expect(await check(good)).toMatchObject({ code: "E_PAGE_CHECK" });
    expect(pages.checks.last(setup.origin)).toMatchObject({
      tls: "own",
      fingerprint: expect.stringMatching(/^[0-9A-F:]{95}$/),
    });
    expect(agent.counted("E_PAGE_CHECK")).toBe(11);
  });
});

test("a certificate by ACME is renewed in the background by the customer's program, and shown to whoever connects next", async () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-acme-"));
  const acme = await AcmeServer.start(folder);
  try {
    const hook = join(folder, "hook");
    writeFileSync(hook, `#!/bin/sh\n[ "$1" = remove ] || echo "$2 $3" >> ${acme.zoneFile}\n`, { mode: 0o700 });
    const ordered = { directory: acme.directory, ca: acme.caFile, contact: null, agreed: false, hook };
    const by = { ...setup, acme: ordered };
    const now = Math.floor(Date.now() / 1000);
    const wait = async () => undefined;
    await orderPageCertificate(agent.dataDirectory, by, { dns: recordsByProgram(hook), time: () => now + 300, wait });
    keepPageSetup(agent.dataDirectory, by);
    agent.clock.setWall(now + 300);
    const pages = await start();
    expect(stateOf(pages)).toMatchObject({ state: "serving", renewal: null });
    const first = await serialShown();
    agent.clock.setWall(now + 5 * 86_400);
    await pages.look();
    await expect.poll(serialShown, { timeout: 40_000 }).not.toBe(first);
    expect([acme.issued, acme.refused]).toEqual([2, []]);
    expect(doctorChecks(agent.agent).filter(({ name }) => name === "page certificate")).toEqual([]);
    writeFileSync(hook, "#!/bin/sh\nexit 1\n", { mode: 0o700 });
    await pages.settled();
    agent.clock.setWall(now + 5.9 * 86_400);
    await pages.look();
    await pages.settled();
    expect(stateOf(pages)).toMatchObject({ renewal: { code: "E_ACME_DNS" } });
    expect(pageDoctorChecks(pages)).toMatchObject([{ result: "bad", what: expect.stringContaining("E_ACME_DNS") }]);
  } finally {
    await acme.close();
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
