import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { TLSSocket } from "node:tls";
import { verifyReport } from "@holdfast/custody-report";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { identityOfCertificate } from "../../clients/spki-hash.ts";
import { newClientRequest } from "../../clients/testing/new-client-request.ts";
import { openTestDomain, type TestClient, type TestDomain } from "../../operations/testing/open-test-domain.ts";
import { makeReport } from "../../report/make-report.ts";
import { systemClock } from "../../self-check/clock.ts";
import { startKmip } from "../kmip/start-kmip.ts";
import { KmipTestConnection, requestMessage } from "../kmip/testing/kmip-client.ts";
import { ALL, echo } from "../kmip/testing/start-test-kmip.ts";
import type { Listener } from "../served-agent.ts";
import { startRest } from "./start-rest.ts";
import { type Answer, openTls, RestClient, readToEnd } from "./testing/rest-client.ts";

const DAY = 86_400;

let shift: number;
let domain: TestDomain;
let rest: Listener;
let kmip: Listener;
let client: TestClient;
beforeEach(async () => {
  shift = 0;
  const clock = { now: () => systemClock.now() + shift, monotonic: () => systemClock.monotonic() + shift * 1000 };
  domain = await openTestDomain({ clock });
  rest = await startRest({ agent: domain.agent, listen: "127.0.0.1:0", sans: [] });
  kmip = await startKmip({ agent: domain.agent, listen: "127.0.0.1:0", sans: [], answer: echo });
  client = await domain.enrol("app", ALL, 90 * DAY);
});
afterEach(async () => {
  await rest.close();
  await kmip.close();
  await domain.close();
});

/** Asks as a client, over a connection of its own. */
async function ask(who: Partial<TestClient> & { ca: string }, path: string, body: unknown): Promise<Answer> {
  const app = new RestClient(rest.url, who);
  try {
    return await app.post(path, body);
  } finally {
    app.close();
  }
}

const renew = (who: Partial<TestClient> & { ca: string }, body: object = {}): Promise<Answer> =>
  ask(who, "/v1/certificate/renew", body);
const statusOf = async (who: Partial<TestClient> & { ca: string }): Promise<[number, string | undefined]> => {
  const { status, json } = await ask(who, "/v1/random", { bytes: 1 });
  return [status, json.code];
};

/** The beginning of the answer to a request on a connection that stays open. */
async function answeredOn(socket: TLSSocket): Promise<string> {
  const body = JSON.stringify({ bytes: 1 });
  const head = `Host: ${new URL(rest.url).host}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
  socket.write(`POST /v1/random HTTP/1.1\r\n${head}\r\n\r\n${body}`);
  const [answer] = await once(socket, "data");
  return String(answer);
}

/** Renews for a new key. */
async function rotated(from: TestClient): Promise<TestClient> {
  const { csr, key } = await newClientRequest();
  const { status, json } = await renew(from, { csr });
  expect(status).toBe(200);
  return { ...from, cert: json.certificate, key, ca: json.ca };
}

describe("a client renews its certificate with its still valid one", () => {
  test("for a new key: the same identity and grants at REST and KMIP, and the key before for 30 days more", async () => {
    const key = domain.createKey();
    const { csr, key: newKey } = await newClientRequest();
    const { json } = await renew(client, { csr });
    const now = domain.guard.time();
    expect(json.clientId).toBe(client.id);
    expect(Math.abs(json.previousUntil - (now + 30 * DAY))).toBeLessThan(5);
    expect(Math.abs(json.notAfter - (now + 90 * DAY))).toBeLessThan(5);
    const renewed = { ...client, cert: json.certificate, key: newKey, ca: json.ca };
    for (const each of [client, renewed]) {
      expect((await ask(each, `/v1/keys/${key.id}/encrypt`, { plaintext: "" })).status).toBe(200);
      const connection = await KmipTestConnection.open(kmip.url, each);
      expect(await connection.ask()).toEqual(requestMessage());
      connection.close();
    }
    const certificate = new X509Certificate(json.certificate);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
    expect(certificate.subject).not.toContain("whatever");
    expect([...domain.keystore.clients()]).toHaveLength(1);
  });

  test("after which the key before is refused when its overlap is over, and the new one is not", async () => {
    const renewed = await rotated(client);
    shift = 30 * DAY + 60;
    await settled(client, 403);
    expect(await statusOf(client)).toEqual([403, "E_CLIENT_EXPIRED"]);
    expect(await statusOf(renewed)).toEqual([200, undefined]);
  });

  test("for the same key, as often as its rate allows", async () => {
    const { json } = await renew(client);
    expect(json.previousUntil).toBeNull();
    const again = { ...client, cert: json.certificate };
    expect(new X509Certificate(again.cert).serialNumber).not.toBe(new X509Certificate(client.cert).serialNumber);
    expect(await statusOf(again)).toEqual([200, undefined]);
  });

  test("again and again, with what it was renewed to; the keys before each for their own overlap", async () => {
    const second = await rotated(client);
    shift = 20 * DAY;
    const third = await rotated(second);
    shift = 31 * DAY;
    await settled(client, 403);
    // The third is dated ahead of this machine's clock, so TLS is not asked.
    for (const { cert } of [second, third])
      expect(domain.operations.isServed(identityOfCertificate(new X509Certificate(cert)))).toBe(true);
  });

  test("and is the same after the agent was sealed and unsealed", async () => {
    const renewed = await rotated(client);
    domain.agent.seal();
    await domain.agent.unseal();
    for (const each of [client, renewed]) expect(await statusOf(each)).toEqual([200, undefined]);
  });
});

describe("withdrawing a client that was renewed", () => {
  test("ends its open connections and refuses every key it had, though it renewed a moment before", async () => {
    const renewed = await rotated(client);
    const open = [await openTls(rest.url, client), await openTls(rest.url, renewed)];
    const pools = [await KmipTestConnection.open(kmip.url, client), await KmipTestConnection.open(kmip.url, renewed)];
    // Whoever was answered is known as a client on this connection; a handshake alone the client may end before the server.
    for (const socket of open) expect(await answeredOn(socket)).toMatch(/^HTTP\/1.1 200 /);
    for (const each of pools) expect(await each.ask()).toEqual(requestMessage());
    const ends = open.map(readToEnd);
    domain.revoke(client.id);
    await Promise.all([...ends, ...pools.map((each) => each.ended())]);
    for (const each of [client, renewed]) expect(await statusOf(each)).toEqual([403, "E_CLIENT_REVOKED"]);
    expect((await renew(renewed)).json.code).toBe("E_CLIENT_REVOKED");
  });
});

describe("a renewal is refused", () => {
  test("to who is no client, or whose time is over", async () => {
    expect((await renew({ ca: client.ca })).json.code).toBe("E_CLIENT");
    shift = 91 * DAY;
    await settled(client, 403);
    expect((await renew(client)).json.code).toBe("E_CLIENT_EXPIRED");
  });

  test("for another client's key, for one it had before, and for one whose possession is not shown", async () => {
    const other = await domain.enrol("other", ALL, 90 * DAY);
    const forOther = await newClientRequest(other.key);
    expect((await renew(client, { csr: forOther.csr })).json.code).toBe("E_INPUT");
    const renewed = await rotated(client);
    const backTo = await newClientRequest(client.key);
    expect((await renew(renewed, { csr: backTo.csr })).json.code).toBe("E_INPUT");
    const { csr } = await newClientRequest();
    const lines = csr.trim().split("\n");
    const last = lines.at(-2) ?? "";
    const forged = csr.replace(last, last.startsWith("A") ? `B${last.slice(1)}` : `A${last.slice(1)}`);
    for (const bad of [
      forged,
      "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----",
      client.cert,
    ])
      expect((await renew(client, { csr: bad })).json.code).toBe("E_INPUT");
    expect((await renew(client, { csr: "text" })).json.code).toBe("E_SCHEMA");
    expect(domain.keystore.findClient(other.id)?.auth).toEqual({ kind: "mtls", spki: other.spki });
  });

  test("while changes are locked, and beyond four keys in their overlap", async () => {
    let last = client;
    for (let n = 0; n < 4; n += 1) last = await rotated(last);
    const { csr } = await newClientRequest();
    expect((await renew(last, { csr })).json.code).toBe("E_RATE");
    domain.apply("domain.lock", {});
    expect((await renew(client)).json.code).toBe("E_LOCKED");
    expect(await statusOf(last)).toEqual([200, undefined]);
  });
});

describe("what administrators decided", () => {
  const enrol = async (more: object): Promise<TestClient> => {
    const auth = { kind: "issued", validitySec: 90 * DAY };
    const answer = await domain.admission.act({
      ...{ act: "client.enrol", reason: "", wait: true },
      args: { label: "limited", auth, grants: [{ ops: ["encrypt"], keys: { kind: "group", id: "default" } }], ...more },
    });
    const file = (name: string): string =>
      Buffer.from(answer.files?.find((each) => each.name === name)?.base64 ?? "", "base64").toString();
    const { clientId = "", spki = "" } = answer.client ?? {};
    return { id: clientId, spki, cert: file("client.crt"), key: file("client.key"), ca: file("ca.crt") };
  };

  test("is not passed: an end that they set stays, however often the client renews", async () => {
    const end = domain.guard.time() + 100 * DAY;
    const limited = await enrol({ notAfter: end });
    shift = 50 * DAY;
    const { json } = await renew(limited, await newClientRequest());
    expect(json.code).toBe("E_SCHEMA"); // the private key is no part of a request
    const renewed = await rotated(limited);
    expect(domain.keystore.findClient(limited.id)?.notAfter).toBe(end);
    expect(Date.parse(new X509Certificate(renewed.cert).validTo) / 1000).toBeLessThanOrEqual(end);
  });

  test("is on record with the renewal, and the report's verifier finds it in order", async () => {
    const fresh = await openTestDomain();
    const auth = { kind: "issued", validitySec: 90 * DAY };
    const answer = await fresh.admission.act({
      ...{ act: "client.enrol", reason: "", wait: true },
      args: { label: "app", auth, grants: [{ ops: ["encrypt"], keys: { kind: "group", id: "default" } }] },
    });
    const record = fresh.keystore.findClient(answer.client?.clientId ?? "");
    if (record === null) throw new TypeError("The client was not enrolled.");
    const { csr } = await newClientRequest();
    const request = { issuer: fresh.authority, time: () => fresh.guard.time() };
    await fresh.operations.renewCertificate({ client: record, from: "127.0.0.1" }, { ...request, csr });
    const { files } = await makeReport(fresh);
    const bundle = Buffer.from(files.find(({ name }) => name.endsWith(".json"))?.base64 ?? "", "base64");
    const { facts } = await verifyReport(new Uint8Array(bundle));
    expect(facts.events.map(({ kind }) => kind)).toContain("client.renew");
    await fresh.close();
  });
});

/** Waits until the agent's judged time, which is read a few times a second, has reached a test's. */
async function settled(who: TestClient, status: number): Promise<void> {
  while ((await statusOf(who))[0] !== status) await new Promise((resolve) => setTimeout(resolve, 50));
}
