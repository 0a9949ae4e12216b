import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createServer as tlsServer } from "node:tls";
import { fileURLToPath } from "node:url";
import { encodeBase64url, wordsOf } from "@holdfast/protocol";
import { SoftwareAdministrator } from "@holdfast/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newKey, PasskeyAgent } from "../../admission/testing/passkey-agent.ts";
import { expectObeys, withstand } from "../../admission/testing/withstand.ts";
import { newServerRequest } from "../../clients/certificate-request.ts";
import { CompanyAuthority } from "../../clients/testing/company-authority.ts";
import { jsonServer } from "../../json-http/serve-json.ts";
import { silentLogger } from "../../logger.ts";
import { AgentPages } from "../agent-pages.ts";
import { installPageCertificate } from "../page-request.ts";
import { keepPageSetup } from "../page-setup.ts";
import { freePort } from "../testing/page-caller.ts";
import { askPeer } from "./ask-peer.ts";
import { addPeer, removePeer } from "./peer-places.ts";

const NAME = "keys.example.com";
const ORIGIN = `https://${NAME}`;
const approve = new URL("../../../../approve/", import.meta.url);

/** A key server of an environment of its own, whose page has the common name. */
interface Site {
  readonly agent: PasskeyAgent;
  readonly pages: AgentPages;
  readonly at: string;
  readonly ca: string;
  readonly company: CompanyAuthority;
}

/** A certificate for the common name that is good today and by the test's clock. */
async function certified(company: CompanyAuthority): Promise<{ chainPem: string; keyPem: string }> {
  const { csrPem, keyPem } = await newServerRequest([NAME], "P-256");
  return { chainPem: await company.chain(csrPem, { to: 3_000 }), keyPem };
}

let near: Site;
let far: Site;

async function serve(label: string): Promise<Site> {
  const page = { channel: "customer", rpId: NAME, origin: ORIGIN } as const;
  const agent = await PasskeyAgent.found({ administrators: [new SoftwareAdministrator({ label, ...page })] });
  const at = `127.0.0.1:${await freePort()}`;
  const setup = { origin: ORIGIN, listen: at, tls: null };
  const company = await CompanyAuthority.make(label);
  const { chainPem, keyPem } = await certified(company);
  keepPageSetup(agent.dataDirectory, setup);
  installPageCertificate(agent.dataDirectory, setup, { chainPem, keyPem, now: agent.clock.now() });
  const ca = join(agent.dataDirectory, "page", "authority.pem");
  writeFileSync(ca, company.rootPem);
  const pages = await AgentPages.start({
    ...{ agent: agent.agent, plan: null, admin: join(agent.dataDirectory, "a.sock"), sans: [] },
  });
  return { agent, pages, at, ca, company };
}

beforeAll(async () => {
  if (!existsSync(new URL("dist/page.html", approve)))
    spawnSync(process.execPath, [fileURLToPath(new URL("build.mjs", approve))]);
  [near, far] = [await serve("Ada"), await serve("Grace")];
  addPeer(near.agent.dataDirectory, { name: "far", at: far.at, ca: far.ca });
  addPeer(far.agent.dataDirectory, { name: "near", at: near.at, ca: near.ca });
}, 60_000);
afterAll(async () => {
  for (const { pages, agent } of [near, far]) {
    await pages?.close();
    await agent?.close();
  }
});

/** What a browser at the common name does, which leads to the near one. */
const browse = (path: string, body?: object) =>
  import("node:https").then(
    ({ request }) =>
      // biome-ignore lint/suspicious/noExplicitAny: tests look into answers freely
      new Promise<{ status: number; json: any }>((resolve, reject) => {
        const [host = "", port = ""] = near.at.split(":");
        const headers = {
          ...{ host: NAME, "holdfast-page": "1", "sec-fetch-site": "same-origin" },
          ...(body === undefined ? {} : { origin: ORIGIN, "content-type": "application/json" }),
        };
        const method = body === undefined ? "GET" : "POST";
        const to = { host, port, path, method, headers, servername: NAME, ca: near.company.rootPem };
        const sent = request({ ...to, agent: false, setHost: false }, (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (part: string) => {
            text += part;
          });
          response.once("end", () => resolve({ status: response.statusCode ?? 0, json: JSON.parse(text) }));
        });
        sent.once("error", reject);
        sent.end(body && JSON.stringify(body));
      }),
  );

async function waitsAt({ agent }: Site) {
  const command = agent.propose("key.create", { args: { items: [newKey()] } });
  await agent.domain.admission.deliver(agent.envelope(command, []), "mailbox");
  return command;
}

const secretHash = () => createHash("sha256").update(randomBytes(32)).digest("base64url");
const decided = (approval: object) => browse("/page/approve", { approval, handover: { secretHash: secretHash() } });

test("a request of either key server is shown and approved at the one that the name leads to, and only its own key server obeys", async () => {
  for (const [site, name] of [
    [near, undefined],
    [far, "agent one"],
  ] as const) {
    const command = await waitsAt(site);
    const shown = await browse(`/page/commands?hashes=${command.hash}`);
    expect(shown.json).toMatchObject({ commands: [{ hash: command.hash, doc: command.doc }], unknown: [], rpId: NAME });
    expect(shown.json.at?.name).toBe(name);
    if (site === far) expect(shown.json.at.words).toEqual(wordsOf(far.agent.domain.tid));
    const keys = [near, far].map(({ agent }) => agent.domain.keystore.counts().keys);
    const approval = site.agent.approve([command]);
    expect((await decided(approval)).json).toMatchObject({ results: [{ outcome: "applied" }] });
    const made = [near, far].map(({ agent }, at) => agent.domain.keystore.counts().keys - (keys[at] ?? 0));
    expect(made).toEqual(site === near ? [1, 0] : [0, 1]);
  }
});

test("a change of administrators of the far key server is shown and decided too", async () => {
  far.agent.clock.advance(1);
  const { domain } = far.agent;
  const { hash } = await domain.links.propose({ renew: true });
  expect((await browse(`/page/links?hash=${hash}`)).json).toMatchObject({ link: { hash }, at: { name: "agent one" } });
  const approval = far.agent.approve([{ hash }]);
  expect((await browse("/page/link", { approval })).json).toMatchObject({ result: { hash, outcome: "scheduled" } });
  const stop = far.agent.approve([{ hash }], { decision: 2 });
  expect((await browse("/page/link", { approval: stop })).json).toMatchObject({ result: { outcome: "cancelled" } });
});

test("an announced change is told to who knows a request, and to nobody else", async () => {
  near.agent.clock.advance(1);
  const { hash } = await near.agent.domain.links.propose({ renew: true });
  const decide = (decision: 1 | 2) => browse("/page/link", { approval: near.agent.approve([{ hash }], { decision }) });
  expect((await decide(1)).json).toMatchObject({ result: { outcome: "scheduled" } });
  const [known, nobody] = [await waitsAt(near), encodeBase64url(randomBytes(32))];
  const told = async (path: string) => (await browse(path)).json.announced;
  expect(await told(`/page/commands?hashes=${known.hash}`)).toMatchObject([{ hash }]);
  expect(await told(`/page/links?hash=${hash}`)).toMatchObject([{ hash }]);
  const credsOf = async (asked: string) => (await browse(`/page/commands?hashes=${asked}`)).json.challengeCreds;
  expect([await credsOf(known.hash), await credsOf(nobody)]).toMatchObject([[{ credId: expect.any(String) }], []]);
  expect(await told(`/page/commands?hashes=${nobody}`)).toEqual([]);
  expect(await told(`/page/links?hash=${nobody}`)).toEqual([]);
  expect((await decide(2)).json).toMatchObject({ result: { outcome: "cancelled" } });
});

test("a newcomer's invitation of the far key server opens at the common name, and another word opens nothing", async () => {
  const { word } = far.agent.domain.invitations.mint(
    { kind: "administrator", label: "Emmy", adm: "a".repeat(26) },
    600,
  );
  const opened = await browse("/page/invitation", { invitation: word });
  expect(opened.json).toMatchObject({ label: "Emmy", passkey: { aid: far.agent.domain.aid, rpId: NAME } });
  const other = await browse("/page/invitation", { invitation: `${"a".repeat(16)}.${"A".repeat(22)}` });
  expect(other).toMatchObject({ status: 403, json: { code: "E_INVITE" } });
});

test("a recovery of the far key server is not passed on: the page says whose it is, and nobody else's state is shown as its own", async () => {
  const { domain } = far.agent;
  const { id } = domain.invitations.mint({ kind: "administrator", label: "Emmy", adm: "a".repeat(26) }, 600);
  far.agent.clock.advance(1);
  const { hash } = await domain.links.propose({ renew: true });
  const own = await browse("/page/recovery");
  const at = { name: "agent one" };
  expect((await browse(`/page/recovery?of=${hash}`)).json).toMatchObject({ at: { ...at, words: wordsOf(domain.tid) } });
  const { at: found, ...rest } = (await browse(`/page/recovery?of=${id}`)).json;
  expect([found, rest]).toEqual([at, { ...own.json, now: rest.now }]);
  const mine = near.agent.domain.invitations.mint({ kind: "administrator", label: "Ada", adm: "a".repeat(26) }, 600);
  for (const asked of [mine.id, "nobody", encodeBase64url(randomBytes(32)), ""])
    expect((await browse(`/page/recovery?of=${asked}`)).json.at).toBeUndefined();
  expect(await browse("/page/recovery/sign", { approval: {} })).toMatchObject({ status: 400 });
  await domain.links.cancel(hash);
});

test("approvals of another environment's administrators count at neither, wherever they are given", async () => {
  const command = await waitsAt(far);
  await withstand(far.agent, "E_CRED_UNKNOWN", async () => {
    const answer = await decided(near.agent.approve([command]));
    expect(answer.json).toMatchObject({ status: 409, code: "E_CRED_UNKNOWN" });
  });
  await expectObeys(near.agent);
});

test("a peer that shows another request than was asked for, or one of this key server's own environment, shows nothing", async () => {
  const [asked, other] = [encodeBase64url(randomBytes(32)), await waitsAt(far)];
  const said = { hash: asked, doc: other.doc };
  // A true one of the near key server's own environment, which has not reached it.
  const own = near.agent.propose("key.create", { args: { items: [newKey("own")] } });
  const port = await freePort();
  const { chainPem, keyPem } = await certified(far.company);
  let calls = 0;
  const liar = jsonServer({
    ...{ logger: silentLogger, maxBodyBytes: 10_000, nextStep: () => "", admit: () => undefined },
    tls: { cert: chainPem, key: keyPem },
    answer: () => {
      calls += 1;
      const shown = calls > 2 ? own : said;
      return { commands: [shown], unknown: [], challengeCreds: [], rpId: NAME, now: 0, link: said };
    },
  });
  await new Promise<void>((resolve) => liar.listen(port, "127.0.0.1", () => resolve()));
  try {
    addPeer(near.agent.dataDirectory, { name: "far", at: `127.0.0.1:${port}`, ca: far.ca });
    const shown = await browse(`/page/commands?hashes=${asked}`);
    expect(shown.json).toMatchObject({ commands: [], unknown: [asked] });
    expect(shown.json.at).toBeUndefined();
    expect((await browse(`/page/links?hash=${asked}`)).json).toMatchObject({ link: null });
    expect(calls).toBe(2);
    expect((await browse(`/page/commands?hashes=${own.hash}`)).json).toMatchObject({
      commands: [],
      unknown: [own.hash],
    });
    expect(calls).toBe(3);
    await withstand(near.agent, null, async () => {
      expect((await decided(near.agent.approve([{ hash: asked }]))).json.results).toMatchObject([
        { outcome: "refused", code: "E_PRESTATE" },
      ]);
    });
  } finally {
    await new Promise((resolve) => liar.close(resolve));
    addPeer(near.agent.dataDirectory, { name: "far", at: far.at, ca: far.ca });
  }
});

test("an approval of what two peers claim goes to neither: a hostile one gets no new client's key", async () => {
  const passed: string[] = [];
  const port = await freePort();
  const { chainPem, keyPem } = await certified(far.company);
  const grants = [{ ops: ["decrypt"], keys: { kind: "group", id: "default" } }] as const;
  const auth = { kind: "issued", validitySec: 86_400 } as const;
  const command = far.agent.propose("client.enrol", { args: { label: "Payroll", auth, grants } });
  await far.agent.domain.admission.deliver(far.agent.envelope(command, []), "mailbox");
  far.agent.clock.advance(1);
  const { hash: link } = await far.agent.domain.links.propose({ renew: true });
  const evil = jsonServer({
    ...{ logger: silentLogger, maxBodyBytes: 1_000_000, nextStep: () => "", admit: () => undefined },
    tls: { cert: chainPem, key: keyPem },
    // What it is asked it reads at the far one, as anybody may who knows the hash.
    answer: async ({ method, path, query, body }) => {
      const to = { name: "far", at: far.at, ca: far.ca };
      if (method === "POST") passed.push(`${path} ${JSON.stringify(body)}`);
      return (await askPeer(to, { method: "GET", path: `${path}?${query}`, origin: ORIGIN })).json;
    },
  });
  await new Promise<void>((resolve) => evil.listen(port, "127.0.0.1", () => resolve()));
  removePeer(near.agent.dataDirectory, "far");
  addPeer(near.agent.dataDirectory, { name: "evil", at: `127.0.0.1:${port}`, ca: far.ca });
  addPeer(near.agent.dataDirectory, { name: "far", at: far.at, ca: far.ca });
  const clients = () => far.agent.domain.keystore.counts().clients;
  const before = clients();
  const refused = { status: 409, json: { code: "E_PAGE_PEER", detail: expect.stringContaining("evil, far") } };
  try {
    expect(await browse(`/page/commands?hashes=${command.hash}`)).toMatchObject(refused);
    expect(await browse(`/page/links?hash=${link}`)).toMatchObject(refused);
    await withstand(far.agent, null, async () => {
      expect(await decided(far.agent.approve([command]))).toMatchObject(refused);
      const approval = far.agent.approve([{ hash: link }], { decision: 2 });
      expect(await browse("/page/link", { approval })).toMatchObject(refused);
    });
    expect([passed, clients()]).toEqual([[], before]);
    const mine = await waitsAt(near);
    expect((await decided(near.agent.approve([mine]))).json).toMatchObject({ results: [{ outcome: "applied" }] });
  } finally {
    await new Promise((resolve) => evil.close(resolve));
    removePeer(near.agent.dataDirectory, "evil");
  }
  expect((await decided(far.agent.approve([command]))).json).toMatchObject({ results: [{ outcome: "applied" }] });
  await far.agent.domain.links.cancel(link);
});

test("no secret of an invitation or of a new client's files reaches another peer than the one that has it, or a peer that lies that it has", async () => {
  const heard: string[] = [];
  const port = await freePort();
  const { chainPem, keyPem } = await certified(far.company);
  let here = false;
  const spy = jsonServer({
    ...{ logger: silentLogger, maxBodyBytes: 10_000, nextStep: () => "", admit: () => undefined },
    tls: { cert: chainPem, key: keyPem },
    answer: ({ path, body }) => {
      heard.push(`${path} ${JSON.stringify(body)}`);
      return { here, kind: "administrator", label: "Emmy", results: [] };
    },
  });
  await new Promise<void>((resolve) => spy.listen(port, "127.0.0.1", () => resolve()));
  addPeer(near.agent.dataDirectory, { name: "spy", at: `127.0.0.1:${port}`, ca: far.ca });
  addPeer(near.agent.dataDirectory, { name: "far", at: far.at, ca: far.ca });
  try {
    const terms = { kind: "administrator", label: "Emmy", adm: "a".repeat(26) } as const;
    const { word } = far.agent.domain.invitations.mint(terms, 600);
    const secret = randomBytes(32);
    const grants = [{ ops: ["encrypt"], keys: { kind: "group", id: "default" } }] as const;
    const auth = { kind: "issued", validitySec: 86_400 } as const;
    const enrol = far.agent.propose("client.enrol", { args: { label: "Shop", auth, grants } });
    await far.agent.domain.admission.deliver(far.agent.envelope(enrol, []), "mailbox");
    const handover = { secretHash: createHash("sha256").update(secret).digest("base64url") };
    const approved = await browse("/page/approve", { approval: far.agent.approve([enrol]), handover });
    expect(approved.json).toMatchObject({ results: [{ outcome: "applied" }] });
    const opens = () => browse("/page/invitation", { invitation: word });
    const files = () => browse("/page/handover", { secret: secret.toString("base64url") });
    expect((await opens()).json).toMatchObject({ passkey: { aid: far.agent.domain.aid } });
    expect((await files()).json).toMatchObject({ results: [{ hash: enrol.hash }] });
    here = true;
    expect(await opens()).toMatchObject({ status: 403, json: { code: "E_INVITE" } });
    expect((await files()).json).toMatchObject({ code: "E_HANDOVER" });
    expect(heard.filter((each) => each.startsWith("/page/holds"))).toHaveLength(4);
    for (const told of [word.split(".")[1] ?? "", secret.toString("base64url")])
      expect(heard.join("\n")).not.toContain(told);
  } finally {
    await new Promise((resolve) => spy.close(resolve));
    removePeer(near.agent.dataDirectory, "spy");
  }
  const asked = await browse("/page/holds", { invitation: "a".repeat(16) });
  expect(asked).toMatchObject({ status: 404, json: { code: "E_NOT_FOUND" } });
});

test("a peer without a certificate for the name is silent, the page says so, and what waits here is shown all the same", async () => {
  addPeer(near.agent.dataDirectory, { name: "far", at: far.at, ca: near.ca });
  const [mine, theirs] = [await waitsAt(near), await waitsAt(far)];
  expect((await browse(`/page/commands?hashes=${theirs.hash}`)).json).toMatchObject({ commands: [], silent: ["far"] });
  expect((await browse(`/page/commands?hashes=${mine.hash}`)).json).toMatchObject({ commands: [{ hash: mine.hash }] });
  removePeer(near.agent.dataDirectory, "far");
  expect((await browse(`/page/commands?hashes=${theirs.hash}`)).json.silent).toBeUndefined();
  addPeer(near.agent.dataDirectory, { name: "far", at: far.at, ca: far.ca });
});

test("where as many calls as may be wait for others already, the page says at once that these do not answer, and goes on with its own", async () => {
  const held = new Set<Socket>();
  const mute = createServer((socket) => void held.add(socket.on("error", () => undefined)));
  const port = await freePort();
  await new Promise<void>((resolve) => mute.listen(port, "127.0.0.1", () => resolve()));
  addPeer(near.agent.dataDirectory, { name: "far", at: `127.0.0.1:${port}`, ca: far.ca });
  try {
    const ask = () => browse(`/page/commands?hashes=${encodeBase64url(randomBytes(32))}`);
    const first = Array.from({ length: 16 }, ask);
    await expect.poll(() => held.size).toBe(16);
    expect((await ask()).json).toMatchObject({ commands: [], silent: ["far"] });
    const mine = await waitsAt(near);
    expect((await browse(`/page/commands?hashes=${mine.hash}`)).json).toMatchObject({
      commands: [{ hash: mine.hash }],
    });
    expect(held.size).toBe(16);
    for (const socket of held) socket.destroy();
    for (const each of await Promise.all(first)) expect(each.json).toMatchObject({ silent: ["far"] });
  } finally {
    for (const socket of held) socket.destroy();
    await new Promise((resolve) => mute.close(resolve));
    addPeer(near.agent.dataDirectory, { name: "far", at: far.at, ca: far.ca });
  }
});

test("a peer that answers with another protocol, a piece, or more than may be is silent, and holds nothing up", async () => {
  const { chainPem, keyPem } = await certified(far.company);
  const answers = [
    (socket: Socket) => socket.write("HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
    (socket: Socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
    (socket: Socket) => socket.write(`HTTP/1.1 200 OK\r\n\r\n${" ".repeat(1024 * 1024 + 1)}`),
  ];
  const peer = tlsServer({ cert: chainPem, key: keyPem }, (socket) =>
    socket.on("error", () => undefined).once("data", () => answers.shift()?.(socket)),
  );
  await new Promise<void>((resolve) => peer.listen(0, "127.0.0.1", () => resolve()));
  const { port } = peer.address() as AddressInfo;
  addPeer(near.agent.dataDirectory, { name: "far", at: `127.0.0.1:${port}`, ca: far.ca });
  try {
    while (answers.length > 0) {
      const shown = await browse(`/page/commands?hashes=${encodeBase64url(randomBytes(32))}`);
      expect(shown.json).toMatchObject({ commands: [], silent: ["far"] });
    }
  } finally {
    await new Promise((resolve) => peer.close(resolve));
    addPeer(near.agent.dataDirectory, { name: "far", at: far.at, ca: far.ca });
  }
});

test("what was passed on once is passed on no further", async () => {
  const hash = encodeBase64url(randomBytes(32));
  const peer = { name: "near", at: near.at, ca: near.ca };
  const answer = await askPeer(peer, { method: "GET", path: `/page/commands?hashes=${hash}`, origin: ORIGIN });
  expect(answer.json).toMatchObject({ unknown: [hash] });
  const command = await waitsAt(far);
  const passed = await askPeer(peer, { method: "GET", path: `/page/commands?hashes=${command.hash}`, origin: ORIGIN });
  expect(passed.json).toMatchObject({ commands: [], unknown: [command.hash] });
});
