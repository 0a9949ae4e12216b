import { connect as connectPlain, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { KeyRecord } from "../../keystore/records.ts";
import type { TestClient } from "../../operations/testing/open-test-domain.ts";
import { openTls, RestClient, readToEnd } from "./testing/rest-client.ts";
import { startTestRest, type TestRest } from "./testing/start-test-rest.ts";

const ALL = [{ ops: ["all"] as const, keys: { kind: "all" } as const }];
const JSON_TYPE = { "content-type": "application/json" };

let rest: TestRest;
let key: KeyRecord;
let client: TestClient;
let app: RestClient;
let path: string;
beforeAll(async () => {
  rest = await startTestRest();
  key = rest.domain.createKey();
  client = await rest.domain.enrol("app", ALL);
  app = new RestClient(rest.url, client);
  path = `/v1/keys/${key.id}/encrypt`;
});
afterAll(async () => {
  app.close();
  await rest.close();
});
afterEach(async () => {
  // Whatever was tried: the endpoint serves, and no fault was met.
  expect((await app.post("/v1/random", { bytes: 1 })).status).toBe(200);
  expect(rest.log.filter((line) => line.includes("rest.fault"))).toEqual([]);
});

describe("a body of the wrong form is refused by a problem document", () => {
  const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
  const table: [string, string | Buffer, number, string][] = [
    ["nothing", "", 400, "E_JSON"],
    ["malformed JSON", '{"plaintext":', 400, "E_JSON"],
    ["two documents", '{"plaintext":""} {}', 400, "E_JSON"],
    ["not UTF-8", Buffer.from('{"plaintext":"\xff"}', "latin1"), 400, "E_JSON"],
    ["a byte order mark", "\ufeff{}", 400, "E_JSON"],
    ["a bare string", '"x"', 400, "E_SCHEMA"],
    ["null", "null", 400, "E_SCHEMA"],
    ["a list", "[]", 400, "E_SCHEMA"],
    ["nested beyond reason", deep, 400, "E_SCHEMA"],
    ["nothing asked", "{}", 400, "E_SCHEMA"],
    ["an unknown field", '{"plaintext":"","iv":""}', 400, "E_SCHEMA"],
    ["__proto__", '{"plaintext":"","__proto__":{"aad":""}}', 400, "E_SCHEMA"],
    ["constructor", '{"plaintext":"","constructor":1}', 400, "E_SCHEMA"],
    ["a number for a string", '{"plaintext":1}', 400, "E_SCHEMA"],
    ["null for a string", '{"plaintext":null}', 400, "E_SCHEMA"],
    ["URL-safe base64", '{"plaintext":"-_-_"}', 400, "E_SCHEMA"],
    ["base64 without padding", '{"plaintext":"QQ"}', 400, "E_SCHEMA"],
    ["base64 with bits left over", '{"plaintext":"QR=="}', 400, "E_SCHEMA"],
    ["base64 with white space", '{"plaintext":"QUFB\\nQUFB"}', 400, "E_SCHEMA"],
    ["padding in the middle", '{"plaintext":"QQ==QQ=="}', 400, "E_SCHEMA"],
    ["one and many", '{"plaintext":"","items":[]}', 400, "E_SCHEMA"],
    ["no items", '{"items":[]}', 400, "E_SCHEMA"],
    ["items that are none", '{"items":[1]}', 400, "E_SCHEMA"],
    ["items in an object", '{"items":{"0":{"plaintext":""}}}', 400, "E_SCHEMA"],
    ["an unknown field in an item", '{"items":[{"plaintext":"","x":1}]}', 400, "E_SCHEMA"],
    ["too many items", JSON.stringify({ items: Array(1001).fill({ plaintext: "" }) }), 400, "E_SCHEMA"],
  ];
  test.each(table)("%s", async (_title, body, status, code) => {
    const answer = await app.send("POST", path, body, JSON_TYPE);
    expect([answer.status, answer.json.code]).toEqual([status, code]);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(answer.json).toMatchObject({ type: `urn:holdfast:error:${code}`, status });
    expect(answer.bytes.toString()).not.toMatch(/\bat \S+:\d+|node:|[.]ts\b|Error:/);
  });

  test("and never repeats what was sent", async () => {
    const secret = "dG9wIHNlY3JldA";
    for (const body of [
      `{"plaintext":"${secret}"}`,
      `{"plaintext":"","aad":"${secret}"}`,
      `{"${"x".repeat(500)}":1}`,
    ]) {
      const text = (await app.send("POST", path, body, JSON_TYPE)).bytes.toString();
      expect(text).not.toContain(secret);
      expect(text.length).toBeLessThan(600);
    }
  });
});

describe("other parts of a request", () => {
  const table: [string, string, string, Record<string, string>, number, string][] = [
    ["no such path", "GET", "/", {}, 404, "E_ROUTE"],
    ["no such operation", "POST", "/v1/keys/x/secret", JSON_TYPE, 404, "E_ROUTE"],
    ["taking material out by another method", "POST", "/v1/keys/x/material", JSON_TYPE, 405, "E_METHOD"],
    ["a parent folder", "GET", "/v1/../etc/passwd", {}, 404, "E_ROUTE"],
    ["a bad escape", "GET", "/v1/keys/%zz", {}, 400, "E_HTTP"],
    ["a very long path", "GET", `/v1/keys/${"a".repeat(3000)}`, {}, 400, "E_HTTP"],
    ["another method", "DELETE", "/v1/keys", {}, 405, "E_METHOD"],
    ["GET of an operation", "GET", "/v1/decrypt", {}, 405, "E_METHOD"],
    ["giving a key another alias", "PUT", "/v1/keys/x/alias", JSON_TYPE, 403, "E_ALIAS_FIXED"],
    ["taking a key's alias", "DELETE", "/v1/keys/alias/orders/alias", {}, 403, "E_ALIAS_FIXED"],
    ["POST to a key", "POST", "/v1/keys/x", JSON_TYPE, 405, "E_METHOD"],
    ["an unknown key", "GET", `/v1/keys/k_${"b".repeat(26)}`, {}, 404, "E_NOT_FOUND"],
    ["a key of any form", "GET", "/v1/keys/__proto__", {}, 404, "E_NOT_FOUND"],
    ["an unknown query", "GET", "/v1/keys?x=1", {}, 400, "E_SCHEMA"],
    ["a query given twice", "GET", "/v1/keys?limit=1&limit=2", {}, 400, "E_SCHEMA"],
    ["a limit of nothing", "GET", "/v1/keys?limit=0", {}, 400, "E_SCHEMA"],
    ["a state of no key", "GET", "/v1/keys?state=lost", {}, 400, "E_SCHEMA"],
    ["another host", "GET", "/v1/keys", { host: "agent.localhost" }, 421, "E_HOST"],
    ["a host with a name behind it", "GET", "/v1/keys", { host: "localhost.evil.example" }, 421, "E_HOST"],
    ["a host with an account", "GET", "/v1/keys", { host: "localhost@evil.example" }, 421, "E_HOST"],
  ];
  test.each(table)("%s", async (_title, method, where, headers, status, code) => {
    const body = method === "POST" ? "{}" : null;
    const answer = await app.send(method, where, body, headers);
    expect([answer.status, answer.json.code]).toEqual([status, code]);
    if (status === 405) expect(answer.headers.allow).toMatch(/^(GET|POST)/);
  });

  test.each([
    ["text/plain", {}],
    ["application/x-www-form-urlencoded", {}],
    ["application/json; charset=latin1", {}],
    ["application/json", { "content-encoding": "gzip" }],
    ["", {}],
  ])("the content type %s", async (type, more) => {
    const headers: Record<string, string> = type === "" ? {} : { "content-type": type };
    const answer = await app.send("POST", path, '{"plaintext":""}', { ...headers, ...more });
    expect([answer.status, answer.json.code]).toEqual([415, "E_CONTENT_TYPE"]);
  });

  test("bytes are taken where they belong only, and their associated data is base64", async () => {
    const raw = { "content-type": "application/octet-stream" };
    expect((await app.post("/v1/random", Buffer.from("x"), raw)).json.code).toBe("E_CONTENT_TYPE");
    expect((await app.post(path, Buffer.from("x"), { ...raw, "holdfast-aad": "no!" })).json.code).toBe("E_HEADER");
    expect((await app.post(path, Buffer.from("x"), { ...raw, "holdfast-aad": "A".repeat(8000) })).json.code).toBe(
      "E_HEADER",
    );
    expect((await app.post("/v1/decrypt", Buffer.from("x"), raw)).json.code).toBe("E_DECRYPT");
  });

  test("a body where none belongs", async () => {
    const answer = await app.send("GET", "/v1/keys", "{}", {});
    expect([answer.status, answer.json.code]).toEqual([400, "E_SCHEMA"]);
  });
});

describe("size", () => {
  test("8 MiB is taken and one byte more is not, announced or not", async () => {
    const raw = { "content-type": "application/octet-stream" };
    const most = Buffer.alloc(8 * 1024 * 1024, 1);
    expect((await app.post(path, most, raw)).status).toBe(200);
    const more = Buffer.alloc(most.length + 1);
    const announced = await app.post(path, more, raw);
    expect([announced.status, announced.json.code]).toEqual([413, "E_LIMIT"]);
    const socket = await openTls(rest.url, client);
    const answer = readToEnd(socket);
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n`,
    );
    for (let n = 0; n < 9; n += 1)
      socket.write(Buffer.concat([Buffer.from("100000\r\n"), Buffer.alloc(0x100000), Buffer.from("\r\n")]));
    socket.write("0\r\n\r\n");
    expect(await answer).toMatch(/^HTTP\/1.1 413 .*"code":"E_LIMIT"/s);
  });

  test("headers beyond reason", async () => {
    const socket = await openTls(rest.url, client);
    const answer = readToEnd(socket);
    socket.write(`GET /v1/keys HTTP/1.1\r\nHost: localhost\r\nX: ${"a".repeat(20_000)}\r\n\r\n`);
    expect(await answer).toMatch(/^HTTP\/1.1 400 .*"code":"E_HTTP"/s);
  });
});

describe("bytes that are no request end with a problem document or a close", () => {
  const head = "Host: localhost\r\nContent-Type: application/json\r\n";
  test.each([
    ["a request line of nonsense", "NONSENSE\r\n\r\n"],
    ["another protocol", "SSH-2.0-OpenSSH_9.2\r\n"],
    ["two lengths", `POST /v1/decrypt HTTP/1.1\r\n${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
    [
      "length and chunks",
      `POST /v1/decrypt HTTP/1.1\r\n${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ["a negative length", `POST /v1/decrypt HTTP/1.1\r\n${head}Content-Length: -1\r\n\r\n`],
    ["a chunk of no size", `POST /v1/decrypt HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n`],
    ["a header without name", "GET / HTTP/1.1\r\n: x\r\n\r\n"],
    ["a null in a header", "GET / HTTP/1.1\r\nHost: local\0host\r\n\r\n"],
    [
      "the proxy's form of a path",
      "GET http://localhost/v1/keys HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    ],
    ["no host", "GET /v1/keys HTTP/1.1\r\nConnection: close\r\n\r\n"],
    ["CONNECT", "CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\n\r\n"],
    ["HTTP/2 without asking", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
  ])("%s", async (_title, bytes) => {
    const socket = await openTls(rest.url, client);
    const answer = readToEnd(socket);
    socket.write(bytes);
    const text = await answer;
    expect(text === "" || /^HTTP\/1.1 4\d\d .*application\/problem\+json/s.test(text), text).toBe(true);
  });

  test("plain HTTP on the TLS port", async () => {
    const socket = connectPlain({ host: "127.0.0.1", port: Number(new URL(rest.url).port) });
    socket.write("GET /v1/keys HTTP/1.1\r\nHost: localhost\r\n\r\n");
    expect(await closeOf(socket)).not.toContain("200");
  });

  test("random bytes on the TLS port", async () => {
    const noisy = connectPlain({ host: "127.0.0.1", port: Number(new URL(rest.url).port) });
    noisy.write(Buffer.alloc(512, 0x5a));
    await closeOf(noisy);
  });
});

/** What a connection says until it is closed. */
async function closeOf(socket: Socket): Promise<string> {
  let text = "";
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
  });
  socket.on("error", () => {});
  await new Promise((resolve) => socket.once("close", resolve));
  return text;
}
