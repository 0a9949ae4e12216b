import { connect, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { SoftwareAgent } from "@holdfast/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { TestAgent } from "../testing/test-agent.ts";
import { startTestGateway, type TestGateway } from "../testing/test-gateway.ts";

const CONNECTIONS = 40;

let gateway: TestGateway;
let client: TestAgent;
beforeAll(async () => {
  gateway = await startTestGateway({ headersMs: 600, requestMs: 900, connections: CONNECTIONS });
  const agent = new SoftwareAgent();
  client = new TestAgent({ aid: agent.aid, url: gateway.url, sign: (base) => agent.aik.sign(base, "raw") });
  const secret = await gateway.newSecret(await gateway.newScope());
  const enrolment = { secret, aid: agent.aid, aik: agent.aik.coseText, name: "alpha", version: "0.1.0" };
  expect((await client.post("/v1/enrol", enrolment)).status).toBe(200);
});
afterAll(() => gateway.stop());
/** Whatever was tried, the next honest request is answered. */
afterEach(async () => {
  expect((await client.post("/v1/log/state", {})).status).toBe(200);
});

const HEAD = "POST /v1/log/state HTTP/1.1\r\nhost: HOST\r\ncontent-type: application/json\r\n";
const head = () => HEAD.replace("HOST", new URL(gateway.url).host);

function dial(): Socket {
  const socket = connect(Number(new URL(gateway.url).port), "127.0.0.1");
  socket.on("error", () => undefined);
  return socket;
}

function readToEnd(socket: Socket): Promise<string> {
  let text = "";
  socket.setEncoding("latin1").on("data", (part: string) => {
    text += part;
  });
  return new Promise((resolve) => socket.once("close", () => resolve(text)));
}

/** Writes a byte again and again until the other side ends it. */
async function drip(socket: Socket): Promise<string> {
  const answer = readToEnd(socket);
  const drops = setInterval(() => socket.writable && socket.write("a"), 40);
  return answer.finally(() => clearInterval(drops));
}

describe("whoever reaches the gateway", () => {
  test("row 105: and sends a request's head, or its signed body, a byte at a time is let go", async () => {
    const { headers } = client.prepare("/v1/log/state", {});
    const signed = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const slowHead = dial();
    slowHead.write(`${head()}x-slow: `);
    const slowBody = dial();
    slowBody.write(`POST /v1/log/state HTTP/1.1\r\nhost: ${new URL(gateway.url).host}\r\n${signed.join("")}`);
    slowBody.write("content-length: 100000\r\n\r\n");
    for (const answer of await Promise.all([drip(slowHead), drip(slowBody)]))
      expect(answer).toMatch(/^(HTTP\/1.1 408 |$)/);
  });

  test("row 105: and goes away in the middle, or breaks off its body, leaves nothing behind", async () => {
    for (let n = 0; n < 20; n += 1) {
      const socket = dial();
      socket.write(`${head()}content-length: 100000\r\n\r\n{"a`);
      socket.destroy();
    }
    const cut = client.prepare("/v1/log/state", { a: 1 });
    const answer = await client.send("/v1/log/state", { ...cut, body: cut.body.slice(0, -2) });
    expect(answer).toMatchObject({ status: 401, body: { code: "E_SIG" } });
  });

  test("row 105: and sends a compressed body has it read as it is: nothing is inflated, signed or not", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024)).toString("latin1");
    const encoded = { "content-encoding": "gzip" };
    for (const body of [bomb, gzipSync("{}").toString("latin1")]) {
      const answer = await client.post("/v1/log/state", body, { headers: encoded });
      expect(answer).toMatchObject({ status: 400, body: { code: "E_SCHEMA" } });
    }
  });

  test("row 105: and sends more than a mebibyte, announced or in parts without end, is refused before it is read", async () => {
    const { headers } = client.prepare("/v1/log/state", {});
    const signed = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const open = `POST /v1/log/state HTTP/1.1\r\nhost: ${new URL(gateway.url).host}\r\n${signed.join("")}`;
    const announced = dial();
    announced.write(`${open}content-length: 1048577\r\n\r\n`);
    const endless = dial();
    endless.write(`${open}transfer-encoding: chunked\r\n\r\n`);
    const part = `10000\r\n${"x".repeat(0x10000)}\r\n`;
    const more = () => {
      while (endless.writable && endless.write(part));
    };
    endless.on("drain", more);
    more();
    for (const answer of await Promise.all([readToEnd(announced), readToEnd(endless)])) {
      expect(answer).toMatch(/^HTTP\/1.1 413 /);
      expect(answer).toContain('"code":"E_LIMIT"');
    }
  });

  test("row 105: and sends a head without end is refused, and so is all that is no HTTP", async () => {
    const endless = dial();
    endless.write(head() + `x: ${"y".repeat(20_000)}\r\n`.repeat(4));
    expect(await readToEnd(endless)).toMatch(/^HTTP\/1.1 (400|431) /);
    const upgrade = dial();
    upgrade.write(`${head()}connection: upgrade\r\nupgrade: websocket\r\ncontent-length: 2\r\n\r\n{}`);
    expect(await readToEnd(upgrade)).toMatch(/^HTTP\/1.1 401 /);
  });

  test("row 105: and opens connections without end holds as many as the gateway gives, for as long as it gives them", async () => {
    const flood = Array.from({ length: CONNECTIONS * 3 }, dial);
    const ends = flood.map(readToEnd);
    const first = await Promise.race(ends.map((end) => end.then(() => "refused")));
    expect(first).toBe("refused");
    await Promise.all(ends); // those that were taken and said nothing are let go in their turn
  });
});
