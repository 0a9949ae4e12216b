import { spawnSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { authorityView } from "../admin/authority-view.ts";
import type { Domain } from "../domain.ts";
import { KmipTestConnection, requestMessage, resultMessage } from "../endpoints/kmip/testing/kmip-client.ts";
import { ALL, startTestKmip, type TestKmip } from "../endpoints/kmip/testing/start-test-kmip.ts";
import { STORE_FILE } from "../init-agent.ts";
import type { TestClient } from "../operations/testing/open-test-domain.ts";
import { newClientRequest } from "./testing/new-client-request.ts";

const HAS_OPENSSL = spawnSync("openssl", ["version"]).status === 0;

let kmip: TestKmip;
let old: TestClient;
beforeEach(async () => {
  kmip = await startTestKmip();
  old = await kmip.domain.enrol("old", ALL);
});
afterEach(() => kmip.close());

const generations = () => domain().authority.generations;
/** The domain as it is now: it is another one after each unsealing. */
const domain = (): Domain => kmip.domain.agent.domain as Domain;

/** Whether a client trusts the listener and is served by it. */
async function isServed(client: TestClient): Promise<boolean> {
  let connection: KmipTestConnection;
  try {
    connection = await KmipTestConnection.open(kmip.url, client, { servername: "localhost" });
  } catch {
    return false;
  }
  const answer = await connection.ask();
  connection.close();
  return answer?.equals(requestMessage()) ?? false;
}

async function renewed(client: TestClient): Promise<TestClient> {
  const { csr, key } = await newClientRequest();
  const record = domain().keystore.findClient(client.id);
  if (record === null) throw new TypeError("There is no such client.");
  const request = { csr, issuer: domain().authority, time: () => domain().guard.time() };
  const { certificate, trustPem } = await domain().operations.renewCertificate({ client: record, from: "" }, request);
  return { ...client, cert: pem(certificate), key, ca: trustPem };
}

const pem = (der: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString("base64")}\n-----END CERTIFICATE-----\n`;
const dependents = (): string[] => authorityView(domain()).clients.map(({ label }) => label);

describe("a change of authority", () => {
  test("serves old and new clients in each step, shows who is still on the old one, and ends its trust last", async () => {
    const open = await KmipTestConnection.open(kmip.url, old);
    await generations().begin();
    let fresh = await renewed(await kmip.domain.enrol("fresh", ALL));
    expect(dependents()).toEqual(["old"]);
    for (const each of [old, fresh]) expect(await isServed(each)).toBe(true);
    expect(fresh.ca.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);

    generations().advance("switched");
    expect(await isServed(fresh)).toBe(true);
    expect(await isServed(old)).toBe(false); // it trusts the old authority alone: it had to be renewed before
    const moved = await renewed(old);
    expect(dependents()).toEqual([]);
    expect(await isServed(moved)).toBe(true);

    generations().advance("finished");
    fresh = await renewed(fresh);
    for (const each of [moved, fresh]) expect(await isServed(each)).toBe(true);
    expect(fresh.ca.match(/BEGIN CERTIFICATE/g)).toHaveLength(1);
    const late = await KmipTestConnection.open(kmip.url, { ...old, ca: fresh.ca });
    expect(resultMessage((await late.ask()) ?? Buffer.alloc(0))).toContain("not one of a client");
    expect(await open.ask()).toEqual(requestMessage());
    open.close();
  });

  test("goes on where it was after the agent was sealed, and its certificate is the same made again", async () => {
    await generations().begin();
    const before = domain().authority.caPem;
    const client = await renewed(old);
    kmip.domain.agent.seal();
    await kmip.domain.agent.unseal();
    expect(domain().authority.caPem).toBe(before);
    expect(generations().issuing.phase).toBe("begun");
    expect(await isServed(client)).toBe(true);
    generations().advance("switched");
    kmip.domain.agent.seal();
    rmSync(join(kmip.domain.dataDirectory, "ca.2.crt"));
    await kmip.domain.agent.unseal();
    expect(generations().serving.number).toBe(2);
    expect(await isServed(client)).toBe(true);
  });

  test("takes its steps in order only, and can be made again", async () => {
    const refused = expect.objectContaining({ code: "E_CERT_ROLLOVER" });
    for (const to of ["switched", "finished"] as const) expect(() => generations().advance(to)).toThrow(refused);
    await generations().begin();
    await expect(generations().begin()).rejects.toMatchObject({ code: "E_CERT_ROLLOVER" });
    expect(() => generations().advance("finished")).toThrow(refused);
    generations().advance("switched");
    generations().advance("finished");
    await generations().begin();
    expect(generations().trusted.map(({ number }) => number)).toEqual([2, 3]);
    const names = generations().trusted.map(({ pem: text }) => new X509Certificate(text).subject);
    expect(new Set(names).size).toBe(2);
  });

  test("leaves reports under the first authority, which they are checked by", async () => {
    const before = (await domain().authority.reportCertificate()).authority;
    await generations().begin();
    expect((await domain().authority.reportCertificate()).authority).toEqual(before);
  });

  test("is not carried further by who changes the store: a phase that was not reached does not open", async () => {
    await generations().begin();
    kmip.domain.agent.seal();
    const store = new DatabaseSync(join(kmip.domain.dataDirectory, STORE_FILE));
    store.exec("UPDATE secret SET wrapped = (SELECT wrapped FROM secret WHERE name = 'ca') WHERE name = 'ca.2'");
    store.close();
    await expect(kmip.domain.agent.unseal()).rejects.toMatchObject({ code: "E_DECRYPT" });
  });
});

describe.skipIf(!HAS_OPENSSL)("OpenSSL", () => {
  test("verifies each client's certificate by both authorities' file, and by the right one alone", async () => {
    await generations().begin();
    const fresh = await renewed(old);
    const folder = mkdtempSync(join(tmpdir(), "holdfast-rollover-"));
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const [first = "", second = ""] = generations().trusted.map(({ pem: text }, index) => file(`ca${index}`, text));
    const both = file("both", domain().authority.caPem);
    const verify = (ca: string, certificate: string): number | null =>
      spawnSync("openssl", [
        "verify",
        "-no-CApath",
        "-no-CAstore",
        "-purpose",
        "sslclient",
        "-CAfile",
        ca,
        file("c", certificate),
      ]).status;
    expect([verify(both, old.cert), verify(both, fresh.cert)]).toEqual([0, 0]);
    expect([verify(first, old.cert), verify(second, fresh.cert)]).toEqual([0, 0]);
    expect(verify(first, fresh.cert)).not.toBe(0);
    expect(verify(second, old.cert)).not.toBe(0);
    rmSync(folder, { recursive: true });
  });
});
