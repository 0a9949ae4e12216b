import { connect } from "node:tls";
import { generateSigningKey } from "@holdfast/crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Authority } from "../../clients/authority.ts";
import type { TestClient } from "../../operations/testing/open-test-domain.ts";
import { openTls, RestClient, readToEnd } from "./testing/rest-client.ts";
import { startTestRest, type TestRest } from "./testing/start-test-rest.ts";

const ALL = [{ ops: ["all"] as const, keys: { kind: "all" } as const }];

let rest: TestRest;
let client: TestClient;
let path: string;
beforeAll(async () => {
  rest = await startTestRest();
  path = `/v1/keys/${rest.domain.createKey().id}/encrypt`;
  client = await rest.domain.enrol("app", ALL);
});
afterAll(() => rest.close());

describe("who is not a client", () => {
  const call = async (who: Partial<TestClient> & { ca: string }) => {
    const other = new RestClient(rest.url, who);
    try {
      const answer = await other.post(path, { plaintext: "" });
      return [answer.status, answer.json.code];
    } finally {
      other.close();
    }
  };

  test("has no certificate", async () => {
    expect(await call({ ca: client.ca })).toEqual([401, "E_CLIENT"]);
  });

  test("row 151: has a certificate of another authority, of any name", async () => {
    const keys = { ca: generateSigningKey("P-256"), report: generateSigningKey("P-256") };
    const { tid, dataDirectory } = rest.domain;
    const other = await Authority.open({
      keys,
      tid,
      createdAt: 1_700_000_000,
      dataDirectory: `${dataDirectory}/none`,
      time: nowSeconds,
    });
    const { files } = await other.issueClient({ clientId: client.id, label: "app", validitySec: 3600 });
    const text = (name: string) =>
      Buffer.from(files.find((file) => file.name === name)?.base64 ?? "", "base64").toString();
    expect(await call({ ca: client.ca, cert: text("client.crt"), key: text("client.key") })).toEqual([401, "E_CLIENT"]);
  });

  test("has a certificate of the authority that was never enrolled, or a listener's own", async () => {
    const { authority } = rest.domain;
    const { files } = await authority.issueClient({ clientId: client.id, label: "app", validitySec: 3600 });
    const text = (name: string) =>
      Buffer.from(files.find((file) => file.name === name)?.base64 ?? "", "base64").toString();
    expect(await call({ ca: client.ca, cert: text("client.crt"), key: text("client.key") })).toEqual([401, "E_CLIENT"]);
    const server = await authority.issueServer(["localhost"]);
    expect(await call({ ca: client.ca, cert: server.certPem, key: server.keyPem })).toEqual([401, "E_CLIENT"]);
  });

  test("presents another client's certificate without its key", async () => {
    const other = await rest.domain.enrol("other", ALL);
    await expect(call({ ca: client.ca, cert: client.cert, key: other.key })).rejects.toThrow();
  });

  test("was withdrawn: its open connection ends, a new one and a resumed session are refused", async () => {
    const app2 = await rest.domain.enrol("app2", ALL);
    const socket = await openTls(rest.url, app2, { maxVersion: "TLSv1.2" });
    const session = socket.getSession();
    expect(await exchange(socket)).toMatch(/^HTTP\/1.1 200/);
    const ended = readToEnd(socket);
    rest.domain.revoke(app2.id);
    await ended;
    const fresh = await openTls(rest.url, app2);
    expect(await exchange(fresh)).toMatch(/^HTTP\/1.1 403 .*E_CLIENT_REVOKED/s);
    const resumed = await openTls(rest.url, app2, { session, maxVersion: "TLSv1.2" });
    expect(resumed.isSessionReused()).toBe(true);
    expect(await exchange(resumed)).toMatch(/^HTTP\/1.1 403 .*E_CLIENT_REVOKED/s);
    fresh.destroy();
    resumed.destroy();
  });

  test("resumes a TLS 1.3 session: it is the same client while it is one, and refused once withdrawn", async () => {
    const app3 = await rest.domain.enrol("app3", ALL);
    const socket = await openTls(rest.url, app3);
    const ticket = new Promise<Buffer>((resolve) => socket.once("session", resolve));
    expect(await exchange(socket)).toMatch(/^HTTP\/1.1 200/);
    const session = await ticket;
    const again = await openTls(rest.url, app3, { session });
    expect(again.isSessionReused()).toBe(true);
    expect(await exchange(again)).toMatch(/^HTTP\/1.1 200/);
    rest.domain.revoke(app3.id);
    const later = await openTls(rest.url, app3, { session });
    expect(await exchange(later)).toMatch(/^HTTP\/1.1 403 .*E_CLIENT_REVOKED/s);
    for (const each of [socket, again, later]) each.destroy();
  });
});

describe("TLS", () => {
  test("below 1.2 is not spoken", async () => {
    const port = Number(new URL(rest.url).port);
    const socket = connect({
      host: "127.0.0.1",
      port,
      ca: client.ca,
      minVersion: "TLSv1",
      maxVersion: "TLSv1.1",
      ciphers: "ALL:@SECLEVEL=0",
    });
    await expect(
      new Promise((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject)),
    ).rejects.toThrow();
  });

  test("is not negotiated again on an open connection", async () => {
    const socket = await openTls(rest.url, client, { maxVersion: "TLSv1.2" });
    const again = new Promise<unknown>((resolve) => {
      socket.on("error", resolve);
      socket.renegotiate({}, resolve);
    });
    expect(await again).toBeInstanceOf(Error);
    socket.destroy();
  });

  test("1.2 and 1.3 are spoken, to a name or address of the certificate", async () => {
    for (const maxVersion of ["TLSv1.2", "TLSv1.3"]) {
      const socket = await openTls(rest.url, client, { maxVersion });
      expect(socket.getProtocol()).toBe(maxVersion);
      expect(socket.authorized).toBe(true);
      socket.destroy();
    }
    await expect(openTls(rest.url, client, { servername: "agent.localhost" })).rejects.toThrow(/agent[.]localhost/);
  });
});

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** Sends one request on a connection and reads its answer. */
async function exchange(socket: Awaited<ReturnType<typeof openTls>>): Promise<string> {
  const answer = new Promise<string>((resolve) =>
    socket.once("data", (chunk: Buffer) => resolve(chunk.toString("latin1"))),
  );
  socket.write(
    'POST /v1/random HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"bytes":1}',
  );
  return answer;
}
