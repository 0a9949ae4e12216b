import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { KeyRecord } from "../../keystore/records.ts";
import type { TestClient } from "../../operations/testing/open-test-domain.ts";
import { openTls, RestClient } from "./testing/rest-client.ts";
import { startTestRest, type TestRest } from "./testing/start-test-rest.ts";

let rest: TestRest;
let key: KeyRecord;
let client: TestClient;
let app: RestClient;
async function begin(options: Parameters<typeof startTestRest>[0] = {}): Promise<void> {
  rest = await startTestRest(options);
  key = rest.domain.createKey();
  client = await rest.domain.enrol("app", [{ ops: ["all"], keys: { kind: "all" } }]);
  app = new RestClient(rest.url, client);
}
afterEach(async () => {
  app.close();
  await rest.close();
});

const encrypt = () => app.post(`/v1/keys/${key.id}/encrypt`, { plaintext: "" });

describe("an agent that is sealed while it serves", () => {
  beforeEach(() => begin());

  test("answers 503 that can be tried again, and serves again once unsealed", async () => {
    expect((await encrypt()).status).toBe(200);
    rest.show(null, true);
    const refused = await encrypt();
    expect([refused.status, refused.json.code, refused.headers["retry-after"]]).toEqual([503, "E_SEALED", "5"]);
    rest.show(rest.domain, false);
    expect((await encrypt()).status).toBe(200);
  });

  test("between the headers of a request and its body, refuses it", async () => {
    const socket = await openTls(rest.url, client);
    const answer = new Promise<string>((resolve) => socket.once("data", (chunk: Buffer) => resolve(chunk.toString())));
    const head = `POST /v1/keys/${key.id}/encrypt HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`;
    socket.write(`${head}Content-Length: 16\r\n\r\n{"plain`);
    await encrypt(); // by now the headers have been read
    rest.show(null, true);
    socket.write('text":""}');
    expect(await answer).toMatch(/^HTTP\/1.1 503 .*E_SEALED/s);
    socket.destroy();
  });
});

describe("an agent without a domain", () => {
  beforeEach(() => begin({ founded: false }));

  test("shows no certificate, and serves as soon as it has one", async () => {
    await expect(openTls(rest.url, client)).rejects.toThrow();
    rest.show(rest.domain, false);
    await expect
      .poll(() =>
        encrypt().then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200);
  });
});

describe("names of the listener", () => {
  beforeEach(() => begin({ sans: ["kms.example", "10.1.2.3", "page.example", "*"], pageHost: "page.example" }));

  test("are its addresses, localhost and those it was given; never the approval page's", async () => {
    const socket = await openTls(rest.url, client);
    const names = socket.getPeerX509Certificate()?.subjectAltName ?? "";
    socket.destroy();
    for (const name of ["DNS:localhost", "DNS:kms.example", "IP Address:127.0.0.1", "IP Address:10.1.2.3"])
      expect(names).toContain(name);
    expect(names).not.toContain("page.example");
    expect(names).not.toContain("*");
    for (const [host, status] of [
      ["kms.example", 200],
      ["KMS.example:7443", 200],
      ["[::1]:1", 200],
      ["10.1.2.3", 200],
      ["page.example", 421],
      ["localhost:port", 421],
    ])
      expect((await app.get("/v1/keys", { host: String(host) })).status, String(host)).toBe(status);
  });
});
