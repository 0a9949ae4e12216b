import { mkdirSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { join } from "node:path";
import { wordsOf } from "@holdfast/protocol";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { newServerRequest } from "../clients/certificate-request.ts";
import { CompanyAuthority } from "../clients/testing/company-authority.ts";
import { jsonServer } from "../json-http/serve-json.ts";
import { addPeer, removePeer } from "../local-page/peers/peer-places.ts";
import { silentLogger } from "../logger.ts";
import { peerDoctorChecks } from "./peer-doctor.ts";

const NAME = "keys.example.com";
const OTHER = { aid: `a_${"b".repeat(26)}`, tid: "c".repeat(26), name: "Osaka", sealed: false };

let agent: PasskeyAgent;
let peer: ReturnType<typeof jsonServer>;
/** What the peer says of itself. */
let says: object;
let at: string;
let ca: string;
const asked: string[] = [];

beforeAll(async () => {
  agent = await PasskeyAgent.found();
  const company = await CompanyAuthority.make();
  const { csrPem, keyPem } = await newServerRequest([NAME], "P-256");
  mkdirSync(join(agent.dataDirectory, "page"), { recursive: true });
  ca = join(agent.dataDirectory, "page", "authority.pem");
  writeFileSync(ca, company.rootPem);
  peer = jsonServer({
    ...{ logger: silentLogger, maxBodyBytes: 1_000, nextStep: () => "", admit: () => undefined },
    tls: { cert: await company.chain(csrPem), key: keyPem },
    answer: ({ path, request }) => {
      asked.push(`${request.headers.host}${path}`);
      return says;
    },
  });
  at = await listening(peer);
});
beforeEach(() => {
  says = { ...OTHER, now: agent.clock.now() };
  addPeer(agent.dataDirectory, { name: "osaka", at, ca });
});
afterAll(async () => {
  await new Promise((resolve) => peer.close(resolve));
  await agent.close();
});

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const serving = (...origins: string[]) => ({
  states: () => origins.map((origin) => ({ origin, state: "serving" }) as never),
});
const look = (...origins: string[]) =>
  peerDoctorChecks(agent.agent, serving(...(origins.length > 0 ? origins : [`https://${NAME}`])));

test("another key server behind the name that is as it should be is called by its name and its environment's words", async () => {
  expect(await look()).toEqual([
    {
      ...{ name: "page peers", result: "good" },
      what: `osaka (${at}) answers as ${NAME}: Osaka, ${wordsOf(OTHER.tid).join(" ")}.`,
    },
  ]);
  expect(asked).toEqual([`${NAME}/page/hello`]);
  says = { ...OTHER, name: "Osaka\u001b[2J" };
  expect((await look())[0]?.what).toContain(": a key server, ");
});

test("one that is silent is told with the reason, and where to look: another name, another authority, nobody there, no file", async () => {
  const gone = createServer();
  const elsewhere = await listening(gone);
  await new Promise((resolve) => gone.close(resolve));
  const authority = join(agent.dataDirectory, "page", "other.pem");
  writeFileSync(authority, (await CompanyAuthority.make("Other")).rootPem);
  for (const [place, origin, why] of [
    [{ at, ca }, "https://vault.example.com", "ERR_TLS_CERT_ALTNAME_INVALID"],
    [{ at, ca: authority }, `https://${NAME}`, "SELF_SIGNED_CERT_IN_CHAIN"],
    [{ at: elsewhere, ca }, `https://${NAME}`, "ECONNREFUSED"],
    [{ at, ca: `${ca}.gone` }, `https://${NAME}`, "cannot be read"],
  ] as const) {
    addPeer(agent.dataDirectory, { name: "osaka", ...place });
    const [check] = await look(origin);
    expect(check).toMatchObject({ result: "bad", next: expect.stringContaining("page peer add osaka") });
    expect(check?.what).toContain(why);
  }
});

test("one that answers at another of the page's names is there", async () => {
  expect(await look("https://vault.example.com", `https://${NAME}`)).toMatchObject([{ result: "good" }]);
});

test.each([
  ["is this key server itself", "bad", () => ({ aid: agent.domain.aid }), "page peer remove osaka"],
  ["is of this same environment", "bad", () => ({ tid: agent.domain.tid }), "second-key-server.md"],
  ["is of no environment yet", "warning", () => ({ tid: null }), "holdfast-agent claim"],
  ["is sealed", "warning", () => ({ sealed: true }), "holdfast-agent unseal"],
  ["is 300 s ahead of this one", "warning", () => ({ now: agent.clock.now() + 300 }), "timedatectl"],
  ["is 300 s behind this one", "warning", () => ({ now: agent.clock.now() - 300 }), "timedatectl"],
  ["does not answer as keys.example.com: it answers 200, as no key", "bad", () => ({ aid: 7 }), "page show"],
] as const)("one that %s is told of, with what to do", async (what, result, other, next) => {
  says = { ...says, ...other() };
  const [check] = await look();
  expect(check).toMatchObject({ result, what: expect.stringContaining(what), next: expect.stringContaining(next) });
});

test("one that is named twice, and names where no page is served here, are told of", async () => {
  addPeer(agent.dataDirectory, { name: "again", at, ca });
  expect(await look()).toMatchObject([{ result: "bad" }, { result: "bad" }]);
  removePeer(agent.dataDirectory, "again");
  const [check] = await peerDoctorChecks(agent.agent, serving());
  expect(check).toMatchObject({ result: "warning", next: expect.stringContaining("page setup") });
  removePeer(agent.dataDirectory, "osaka");
  expect(await look()).toEqual([]);
});
