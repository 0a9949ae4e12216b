import { generateSigningKey } from "@holdfast/crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Authority } from "../../clients/authority.ts";
import type { IssuedFile } from "../../lifecycle/client-issuer.ts";
import type { TestClient } from "../../operations/testing/open-test-domain.ts";
import { KmipTestConnection, requestMessage, resultMessage } from "./testing/kmip-client.ts";
import { ALL, startTestKmip, type TestKmip } from "./testing/start-test-kmip.ts";

const NO_CLIENT = "The certificate is not one of a client that may use this key server.";

let kmip: TestKmip;
let client: TestClient;
let answered = 0;
beforeAll(async () => {
  kmip = await startTestKmip({
    answer(message) {
      answered += 1;
      return message;
    },
  });
  client = await kmip.domain.enrol("database", ALL);
});
afterAll(() => kmip.close());

/** Asks once as somebody: the refusal's words, after which the connection must be closed. */
async function refusalOf(who: Partial<TestClient> & { ca: string }, more: object = {}): Promise<string> {
  const before = answered;
  const connection = await KmipTestConnection.open(kmip.url, who, more);
  const answer = await connection.ask();
  expect((await connection.ended()).length).toBe(0);
  expect(answered).toBe(before);
  return resultMessage(answer ?? Buffer.alloc(0));
}

function textOf(files: readonly IssuedFile[], name: string): string {
  return Buffer.from(files.find((file) => file.name === name)?.base64 ?? "", "base64").toString();
}

describe("who is no client is told so in KMIP's words, under TLS 1.2 and 1.3, and closed", () => {
  const versions = [["TLSv1.2"], ["TLSv1.3"]] as const;

  test.each(versions)("%s: without a certificate", async (maxVersion) => {
    expect(await refusalOf({ ca: client.ca }, { maxVersion })).toBe(NO_CLIENT);
  });

  test.each(versions)("%s: with a certificate of another authority of the same name", async (maxVersion) => {
    const keys = { ca: generateSigningKey("P-256"), report: generateSigningKey("P-256") };
    const { tid, dataDirectory } = kmip.domain;
    const other = await Authority.open({
      ...{ keys, tid, createdAt: 1_700_000_000, dataDirectory: `${dataDirectory}/none` },
      time: () => Math.floor(Date.now() / 1000),
    });
    const { files } = await other.issueClient({ clientId: client.id, label: "database", validitySec: 3600 });
    const forged = { ca: client.ca, cert: textOf(files, "client.crt"), key: textOf(files, "client.key") };
    expect(await refusalOf(forged, { maxVersion })).toBe(NO_CLIENT);
  });

  test("with a certificate of the authority for another key, with a listener's, and with an expired one", async () => {
    const { authority } = kmip.domain;
    const { files } = await authority.issueClient({ clientId: client.id, label: "database", validitySec: 3600 });
    expect(
      await refusalOf({ ca: client.ca, cert: textOf(files, "client.crt"), key: textOf(files, "client.key") }),
    ).toBe(NO_CLIENT);
    const listener = await authority.issueServer(["localhost"]);
    expect(await refusalOf({ ca: client.ca, cert: listener.certPem, key: listener.keyPem })).toBe(NO_CLIENT);
    const late = await authority.issueClient({ clientId: client.id, label: "database", validitySec: -60 });
    expect(
      await refusalOf({ ca: client.ca, cert: textOf(late.files, "client.crt"), key: textOf(late.files, "client.key") }),
    ).toBe(NO_CLIENT);
  });

  test("another client's certificate without its key ends the handshake", async () => {
    const other = await kmip.domain.enrol("other", ALL);
    await expect(KmipTestConnection.open(kmip.url, { ...client, key: other.key })).rejects.toThrow();
  });
});

describe("a withdrawn client", () => {
  test.each([["TLSv1.2"], ["TLSv1.3"]] as const)(
    "%s: loses its open connections at once, its resumed sessions and new connections",
    async (maxVersion) => {
      const app = await kmip.domain.enrol("leaving", ALL);
      const first = await KmipTestConnection.open(kmip.url, app, { maxVersion });
      const tickets: Buffer[] = [];
      first.socket.on("session", (session: Buffer) => tickets.push(session));
      expect(await first.ask()).toEqual(requestMessage());
      const session = tickets.at(-1) ?? first.socket.getSession();
      const again = await KmipTestConnection.open(kmip.url, app, { maxVersion, session });
      expect(again.socket.isSessionReused()).toBe(true);
      expect(await again.ask()).toEqual(requestMessage());
      kmip.domain.revoke(app.id);
      for (const each of [first, again]) expect((await each.ended()).length).toBe(0);
      const later = await KmipTestConnection.open(kmip.url, app, { maxVersion, session });
      expect(later.socket.isSessionReused()).toBe(true);
      expect(resultMessage((await later.ask()) ?? Buffer.alloc(0))).toBe(NO_CLIENT);
      expect(await refusalOf(app, { maxVersion })).toBe(NO_CLIENT);
    },
  );
});

describe("TLS", () => {
  test("resumes by session id for a client of TLS 1.2 that takes no tickets", async () => {
    const secureOptions = (await import("node:crypto")).constants.SSL_OP_NO_TICKET;
    const options = { maxVersion: "TLSv1.2", secureOptions } as const;
    const first = await KmipTestConnection.open(kmip.url, client, options);
    expect(await first.ask()).toEqual(requestMessage());
    const again = await KmipTestConnection.open(kmip.url, client, { ...options, session: first.socket.getSession() });
    expect(again.socket.isSessionReused()).toBe(true);
    expect(await again.ask()).toEqual(requestMessage());
    first.close();
    again.close();
  });

  test("is the same whether a client names a server, another one or none", async () => {
    for (const servername of ["", "localhost", "kms.example"]) {
      const connection = await KmipTestConnection.open(kmip.url, client, {
        servername,
        checkServerIdentity: () => undefined,
      });
      expect(await connection.ask()).toEqual(requestMessage());
      connection.close();
    }
  });

  test("is not negotiated again on an open connection", async () => {
    const connection = await KmipTestConnection.open(kmip.url, client, { maxVersion: "TLSv1.2" });
    const refused = new Promise<unknown>((resolve) => {
      connection.socket.on("error", resolve);
      connection.socket.renegotiate({}, resolve);
    });
    expect(await refused).toBeInstanceOf(Error);
    connection.close();
  });

  test("below 1.2 is not spoken", async () => {
    const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" } as const;
    await expect(KmipTestConnection.open(kmip.url, client, old)).rejects.toThrow();
  });
});
