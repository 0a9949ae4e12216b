import { readFileSync } from "node:fs";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { gzipSync } from "node:zlib";
import { generateSigningKey } from "@holdfast/crypto";
import { encodeBase64url, encodeCommand } from "@holdfast/protocol";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { newKey, PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { Authority, type ServerCertificate } from "../clients/authority.ts";
import { Connection } from "./connection.ts";
import { GatewayClient } from "./gateway-client.ts";
import { HostileGateway, spkiOf } from "./testing/hostile-gateway.ts";

/** A gateway that is hostile, and somebody between agent and gateway who has broken their TLS, can do the same. */
let agent: PasskeyAgent;
/** An authority that the machine trusts, and that certifies whom it likes. */
let authority: Authority;
const open: HostileGateway[] = [];
const trusted = getCACertificates("default");

beforeAll(async () => {
  agent = await PasskeyAgent.found();
  authority = await strangeAuthority();
});
afterEach(async () => {
  setDefaultCACertificates(trusted);
  vi.useRealTimers();
  for (const gateway of open.splice(0)) await gateway.close();
});
afterAll(() => agent.close());

function strangeAuthority(): Promise<Authority> {
  const keys = { ca: generateSigningKey("P-256"), report: generateSigningKey("P-256") };
  const time = () => Math.floor(Date.now() / 1000);
  const dataDirectory = `${agent.dataDirectory}/none`;
  return Authority.open({ keys, tid: agent.domain.tid, createdAt: time() - 60, dataDirectory, time });
}

async function start(tls: ServerCertificate | null = null): Promise<HostileGateway> {
  const gateway = await HostileGateway.start(tls);
  open.push(gateway);
  return gateway;
}

function clientTo({ url }: HostileGateway, spki?: string): GatewayClient {
  const { aid, keys } = agent.domain;
  return new GatewayClient({ gateway: url, spki, aid, aik: keys.aik, now: () => agent.clock.now() });
}

/** Keeps the agent in touch with a gateway until `until` holds. */
async function connectedTo(gateway: HostileGateway, until: () => boolean): Promise<void> {
  const connection = new Connection({
    ...{
      domain: agent.domain,
      client: clientTo(gateway),
      status: () => ({
        name: "agent one",
        locked: false,
        recovering: false,
        conditions: [],
        unbacked: 0,
        backupAt: null,
        backupFailing: null,
      }),
      onAnswer: () => {},
      onFault: () => undefined,
    },
    ...{ witness: "", run: "A".repeat(22) },
  });
  await expect.poll(until, { timeout: 15_000, interval: 20 }).toBe(true);
  await connection.close();
}

const state = () => JSON.stringify([[...agent.domain.keystore.keys()], [...agent.domain.keystore.clients()]]);
const nextHonest = async () =>
  expect(await agent.apply("key.create", { args: { items: [newKey()] } })).toMatchObject({ outcome: "applied" });

describe("an answer of the gateway", () => {
  test.each<[string, HostileGateway["answer"], string]>([
    [
      "compressed, however much it would be",
      (_, response) => {
        response.setHeader("content-encoding", "gzip");
        response.end(gzipSync(Buffer.alloc(64 * 1024 * 1024)));
        return null;
      },
      "E_GATEWAY_ANSWER",
    ],
    [
      "without end",
      (_, response) => {
        const more = () => {
          while (!response.destroyed && response.write("x".repeat(65_536)));
        };
        response.on("drain", more);
        more();
        return null;
      },
      "E_GATEWAY_ANSWER",
    ],
    [
      "cut in the middle",
      (_, response) => {
        response.writeHead(200, { "content-length": "1000" });
        response.write('{"commands":[');
        response.socket?.end();
        return null;
      },
      "E_GATEWAY",
    ],
    [
      "with a head without end",
      (_, response) => {
        response.writeHead(200, { x: "y".repeat(100_000) }).end("{}");
        return null;
      },
      "E_GATEWAY",
    ],
  ])("row 105: %s is refused, and the agent goes on", async (_, answer, code) => {
    const gateway = await start();
    gateway.answer = answer;
    const before = state();
    await expect(clientTo(gateway).post("/v1/poll", {})).rejects.toMatchObject({ code });
    expect(state()).toBe(before);
    gateway.answer = () => ({ commands: [] });
    expect(await clientTo(gateway).post("/v1/poll", {})).toEqual({ commands: [] });
  });

  test("row 105: that drips, or begins again and again with nothing, is given up after ten seconds", async () => {
    const gateway = await start();
    for (const drop of ["write", "writeProcessing"] as const) {
      const begun = Promise.withResolvers<void>();
      gateway.answer = (_, response) => {
        const drops = setInterval(() => (drop === "write" ? response.write(" ") : response.writeProcessing()), 10);
        response.once("close", () => clearInterval(drops));
        begun.resolve();
        return null;
      };
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
      const asked = clientTo(gateway).post("/v1/poll", {});
      const refused = expect(asked).rejects.toMatchObject({ code: "E_GATEWAY" });
      await begun.promise;
      vi.advanceTimersByTime(9_999);
      expect(gateway.seen).toHaveLength(1);
      vi.advanceTimersByTime(1);
      await refused;
      vi.useRealTimers();
      gateway.seen.length = 0;
    }
  });

  test("row 105: with proposals without end is read up to 200 of them, counted and written nowhere", async () => {
    const gateway = await start();
    const junk = Array.from({ length: 4_000 }, (_, n) => ({ hash: String(n).padStart(43, "A"), doc: "AAAA" }));
    let polls = 0;
    gateway.answer = ({ path }) => {
      if (path !== "/v1/poll") return path === "/v1/log/state" ? { links: 1, size: agent.domain.log.size } : {};
      polls += 1;
      return { commands: polls === 1 ? junk : [] };
    };
    const before = { state: state(), size: agent.domain.log.size, counted: agent.counted("E_CANON") };
    await connectedTo(gateway, () => polls >= 2);
    expect(agent.counted("E_CANON") - before.counted).toBe(200);
    expect([state(), agent.domain.log.size]).toEqual([before.state, before.size]);
    await nextHonest();
  });
});

describe("somebody between agent and gateway", () => {
  test("row 103: with a certificate that no trusted authority made gets no byte of a request", async () => {
    const gateway = await start(await authority.issueServer(["127.0.0.1"]));
    await expect(clientTo(gateway).post("/v1/poll", {})).rejects.toMatchObject({ code: "E_GATEWAY" });
    expect(gateway.begun).toBe(0);
  });

  test("row 103: with one of a trusted authority gets none either where the token names the gateway's key", async () => {
    const certificate = await authority.issueServer(["127.0.0.1"]);
    const gateway = await start(certificate);
    setDefaultCACertificates([...trusted, authority.caPem]);
    const own = spkiOf(await authority.issueServer(["127.0.0.1"]));
    await expect(clientTo(gateway, own).post("/v1/poll", {})).rejects.toMatchObject({ code: "E_GATEWAY" });
    expect(gateway.begun).toBe(0);
    expect(await clientTo(gateway, spkiOf(certificate)).post("/v1/poll", {})).toEqual({});
  });

  test("row 103: with one of a trusted authority sees metadata and no secret, and forges nothing", async () => {
    const gateway = await start(await authority.issueServer(["127.0.0.1"]));
    setDefaultCACertificates([...trusted, authority.caPem]);
    const key = await agent.key("payroll");
    const grants = [{ ops: ["encrypt"], keys: { kind: "all" } }];
    const args = { label: "shop", auth: { kind: "issued", validitySec: 86_400 }, grants };
    const { files } = await agent.apply("client.enrol", { args });
    const clientKey = files?.find(({ name }) => name === "client.key")?.base64 ?? "";
    const kek = readFileSync(agent.kekFile, "utf8").trim();
    const waiting = agent.propose("key.rotate", { key: key.id });
    const approval = agent.approve([waiting]);
    const other = agent.propose("key.destroy", { key: key.id });
    const doc = (change: object) => encodeBase64url(encodeCommand({ ...other.command, ...change }));
    const lies = [
      { hash: other.hash, doc: other.doc, approvals: [approval] }, // an approval of another command, beside it
      { hash: waiting.hash, doc: other.doc }, // another command under the hash of one
      { hash: "B".repeat(43), doc: doc({ tid: "a".repeat(26) }) },
      { hash: "C".repeat(43), doc: doc({ issued: other.command.issued - 90_000, exp: other.command.issued - 1 }) },
      { hash: "D".repeat(43), doc: doc({ expect: { head: 0 } }) },
      { hash: "E".repeat(43), doc: Buffer.from('{"act":"key.destroy"}').toString("base64url") },
    ];
    let polls = 0;
    gateway.answer = ({ path }) => {
      if (path === "/v1/log/state") return { links: 0, size: 0 };
      if (path === "/v1/log") return { cosignature: "— holdfast-witness/forged AAAAAAAA\n" };
      if (path !== "/v1/poll") return {};
      polls += 1;
      return { commands: polls === 1 ? lies : [], requests: polls === 1 ? [{ id: "x", kind: "root key" }] : [] };
    };
    const before = { state: state(), size: agent.domain.log.size };
    await connectedTo(gateway, () => polls >= 2 && gateway.seen.some(({ path }) => path === "/v1/commands"));
    expect(state()).toBe(before.state);
    expect(agent.kinds(before.size).filter((kind) => kind !== "clock")).toEqual([]);
    for (const { status, have } of agent.domain.admission.pending())
      expect({ status, have }).toMatchObject({ have: 0 });

    expect(gateway.text()).toContain("payroll");
    for (const secret of [kek, Buffer.from(clientKey, "base64").toString().split("\n")[1] ?? ""]) {
      expect(secret.length).toBeGreaterThan(30);
      for (const form of [secret, Buffer.from(secret).toString("base64url"), Buffer.from(secret).toString("hex")])
        expect(gateway.text()).not.toContain(form);
    }
    expect(await agent.deliver(waiting, 0)).toMatchObject({ outcome: "applied" });
    await nextHonest();
  });
});
