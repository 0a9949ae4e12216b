import { connect } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { TestClient } from "../../operations/testing/open-test-domain.ts";
import { openTls, RestClient, readToEnd } from "./testing/rest-client.ts";
import { startTestRest, type TestRest } from "./testing/start-test-rest.ts";

let rest: TestRest;
let client: TestClient;
let path: string;
beforeAll(async () => {
  rest = await startTestRest({ limits: { handshakeMs: 3000, headersMs: 800, requestMs: 1200 } });
  path = `/v1/keys/${rest.domain.createKey().id}/encrypt`;
  client = await rest.domain.enrol("app", [{ ops: ["all"], keys: { kind: "all" } }]);
});
afterAll(() => rest.close());
afterEach(async () => {
  const app = new RestClient(rest.url, client);
  expect((await app.post("/v1/random", { bytes: 1 })).status).toBe(200);
  app.close();
});

describe("a slow client is let go", () => {
  test("while it sends headers", async () => {
    const socket = await openTls(rest.url, client);
    const answer = readToEnd(socket);
    socket.write("GET /v1/keys HTTP/1.1\r\nHost: loc");
    expect(await answer).toMatch(/^HTTP\/1.1 408 .*"code":"E_TIMEOUT"/s);
  });

  test("while it sends a body, a byte at a time", async () => {
    const socket = await openTls(rest.url, client);
    const answer = readToEnd(socket);
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n`,
    );
    const drip = setInterval(() => socket.writable && socket.write(" "), 50);
    expect(await answer).toMatch(/^HTTP\/1.1 408 .*"code":"E_TIMEOUT"/s);
    clearInterval(drip);
  });

  test("that goes away in the middle leaves nothing behind", async () => {
    for (let n = 0; n < 20; n += 1) {
      const socket = await openTls(rest.url, client);
      socket.on("error", () => {});
      socket.write(
        `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"pl`,
      );
      socket.destroy();
    }
  });

  test("that never begins its handshake", async () => {
    const socket = connect({ host: "127.0.0.1", port: Number(new URL(rest.url).port) });
    socket.on("error", () => {});
    socket.resume();
    await new Promise((resolve) => socket.once("close", resolve));
  });
});
