import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { armFaultPoint } from "../../lifecycle/fault-point.ts";
import {
  openTestAgent,
  openTestDomain,
  type TestAgent,
  type TestClient,
  type TestDomain,
} from "../../operations/testing/open-test-domain.ts";
import type { Listener } from "../served-agent.ts";
import { startRest } from "./start-rest.ts";
import { openTls, RestClient } from "./testing/rest-client.ts";
import { startTestRest, type TestRest } from "./testing/start-test-rest.ts";

let rest: TestRest;
let client: TestClient;
let app: RestClient;
let path: string;
async function begin(options: Parameters<typeof startTestRest>[0] = {}): Promise<void> {
  rest = await startTestRest(options);
  path = `/v1/keys/${rest.domain.createKey().id}/encrypt`;
  client = await rest.domain.enrol("app", [{ ops: ["all"], keys: { kind: "all" } }]);
  app = new RestClient(rest.url, client);
}
async function end(): Promise<void> {
  app.close();
  await rest.close();
}

const encrypt = () => app.post(path, { plaintext: "" });

describe("an agent that is sealed while it serves", () => {
  beforeEach(() => begin());
  afterEach(end);

  test("answers 503 that can be tried again, and serves again once unsealed", async () => {
    const { agent } = rest.domain;
    expect((await encrypt()).status).toBe(200);
    agent.seal();
    const refused = await encrypt();
    expect([refused.status, refused.json.code, refused.headers["retry-after"]]).toEqual([503, "E_SEALED", "5"]);
    await agent.unseal();
    expect((await encrypt()).status).toBe(200);
    const [use] = agent.domain?.keystore.usageOf(path.slice(9, 37)) ?? [];
    expect(use?.count).toBe(1); // of before the seal: rolled up while the keys were there
  });

  test("is sealed though store and log take nothing: no root key in memory, and clients may try again", async () => {
    const { agent } = rest.domain;
    expect((await encrypt()).status).toBe(200);
    const { root } = agent.custody.keys;
    const full = () => {
      throw new RangeError("no space left");
    };
    armFaultPoint("executor:begun", full);
    rest.breakLog(full);
    expect(() => agent.seal()).toThrow("no space left");
    armFaultPoint(null, full);
    rest.breakLog(null);
    expect([agent.sealed, agent.domain, root.destroyed]).toEqual([true, null, true]);
    expect(() => agent.custody.keys).toThrow(expect.objectContaining({ code: "E_SEALED" }));
    const refused = await encrypt();
    expect([refused.status, refused.json.code, refused.headers["retry-after"]]).toEqual([503, "E_SEALED", "5"]);
    await agent.unseal();
    expect((await encrypt()).status).toBe(200);
  });

  test("between the headers of a request and its body, refuses it", async () => {
    const socket = await openTls(rest.url, client);
    const answer = new Promise<string>((resolve) => socket.once("data", (chunk: Buffer) => resolve(chunk.toString())));
    const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`;
    socket.write(`${head}Content-Length: 16\r\n\r\n{"plain`);
    await encrypt(); // by now the headers have been read
    rest.domain.agent.seal();
    socket.write('text":""}');
    expect(await answer).toMatch(/^HTTP\/1.1 503 .*E_SEALED/s);
    socket.destroy();
  });
});

describe("an agent without a domain", () => {
  let fresh: TestAgent;
  let listener: Listener;
  let elsewhere: TestDomain;
  beforeEach(async () => {
    fresh = await openTestAgent({ standalone: false });
    listener = await startRest({ agent: fresh.agent, listen: "127.0.0.1:0", sans: [] });
    elsewhere = await openTestDomain();
  });
  afterEach(async () => {
    await listener.close();
    await fresh.close();
    await elsewhere.close();
  });

  test("has a port and shows no certificate", async () => {
    expect(listener.url).toMatch(/^https:\/\/127[.]0[.]0[.]1:\d+$/);
    const other = await elsewhere.enrol("app", [{ ops: ["all"], keys: { kind: "all" } }]);
    await expect(openTls(listener.url, other)).rejects.toThrow();
  });

  test("serves as soon as it has one", async () => {
    const tells: ((domain: TestDomain | null) => void)[] = [];
    const agent = {
      logger: fresh.agent.logger,
      sealed: false,
      domain: null as TestDomain | null,
      company: null,
      onDomain(tell: (domain: TestDomain | null) => void) {
        tells.push(tell);
        tell(null);
        return () => {};
      },
    };
    const second = await startRest({ agent, listen: "127.0.0.1:0", sans: [] });
    const other = await elsewhere.enrol("app", [{ ops: ["all"], keys: { kind: "all" } }]);
    const asked = new RestClient(second.url, other);
    agent.domain = elsewhere;
    for (const tell of tells) tell(elsewhere);
    const status = () =>
      asked.post("/v1/random", { bytes: 1 }).then(
        (answer) => answer.status,
        () => 0,
      );
    await expect.poll(status).toBe(200);
    asked.close();
    await second.close();
  });
});

describe("names of the listener", () => {
  beforeEach(() => begin({ sans: ["kms.example", "10.1.2.3", "page.example", "*"], pageHost: "page.example" }));
  afterEach(end);

  test("are its addresses, localhost and those it was given; never the approval page's", async () => {
    const socket = await openTls(rest.url, client);
    const names = socket.getPeerX509Certificate()?.subjectAltName ?? "";
    socket.destroy();
    for (const name of ["DNS:localhost", "DNS:kms.example", "IP Address:127.0.0.1", "IP Address:10.1.2.3"])
      expect(names).toContain(name);
    expect(names).not.toContain("page.example");
    expect(names).not.toContain("*");
    const hosts: [string, number][] = [
      ["kms.example", 200],
      ["KMS.example:7443", 200],
      ["[::1]:1", 200],
      ["10.1.2.3", 200],
      ["page.example", 421],
      ["localhost:port", 421],
    ];
    for (const [host, status] of hosts) expect((await app.get("/v1/keys", { host })).status, host).toBe(status);
  });
});
