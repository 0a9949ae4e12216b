import "reflect-metadata";
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ExtendedKeyUsage } from "@peculiar/x509";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { KmipTestConnection, requestMessage } from "../endpoints/kmip/testing/kmip-client.ts";
import { ALL, startTestKmip, type TestKmip } from "../endpoints/kmip/testing/start-test-kmip.ts";
import { startRest } from "../endpoints/rest/start-rest.ts";
import { openTls, RestClient } from "../endpoints/rest/testing/rest-client.ts";
import type { Listener } from "../endpoints/served-agent.ts";
import { InstalledCertificate } from "./installed-certificate.ts";
import { CompanyAuthority, type Wishes } from "./testing/company-authority.ts";

const NAMES = ["kms.example", "localhost", "127.0.0.1"];
const HAS_OPENSSL = spawnSync("openssl", ["version"]).status === 0;

let company: CompanyAuthority;
let kmip: TestKmip;
let rest: Listener;
beforeAll(async () => {
  company = await CompanyAuthority.make();
});
beforeEach(async () => {
  kmip = await startTestKmip();
  rest = await startRest({ agent: kmip.domain.agent, listen: "127.0.0.1:0", sans: ["kms.example"] });
});
afterEach(async () => {
  await rest.close();
  await kmip.close();
});

test("what is installed and was damaged is no certificate and no fault of its own: a new request takes its place", async () => {
  const { installed } = kmip.domain;
  const parts = { keys: kmip.domain.agent.custody.keys, aid: kmip.domain.aid, time: () => kmip.domain.guard.time() };
  const place = join(kmip.domain.dataDirectory, "server-cert", "installed");
  const chain = await company.chain(await installed.request(NAMES, "P-256"));
  await installed.install(chain);
  for (const file of ["key.sealed", "names.json", "chain.pem"])
    for (const damage of ["garbage", "gone", "folder"]) {
      const path = join(place, file);
      rmSync(path, { recursive: true });
      if (damage === "garbage") writeFileSync(path, "{");
      if (damage === "folder") mkdirSync(path);
      const opened = await InstalledCertificate.open({ ...parts, dataDirectory: kmip.domain.dataDirectory });
      expect([opened.current, opened.damaged], `${file} ${damage}`).toEqual([null, true]);
      await expect(opened.install(chain), `${file} ${damage}`).rejects.toMatchObject({
        code: expect.stringMatching(/^E_CERT_(REQUEST|KEY)$/),
      });
      await opened.install(await company.chain(await opened.request(NAMES, "P-256")));
      expect([opened.current?.names, opened.damaged], `${file} ${damage}`).toEqual([NAMES, false]);
    }
});

describe("a chain from a company's authority", () => {
  test("is shown by every listener at once, and open connections and sessions go on", async () => {
    const client = await kmip.domain.enrol("app", ALL);
    const before = await KmipTestConnection.open(kmip.url, client, { maxVersion: "TLSv1.2" });
    expect(await before.ask()).toEqual(requestMessage());
    const old = await openTls(rest.url, client);
    const session = before.socket.getSession();
    const { installed } = kmip.domain;
    await installed.install(await company.chain(await installed.request(NAMES, "P-256")));
    const trusting = { ...client, ca: company.rootPem };
    const verified = { servername: "kms.example" };
    const after = await KmipTestConnection.open(kmip.url, trusting, verified);
    expect(await after.ask()).toEqual(requestMessage());
    const app = new RestClient(rest.url, trusting);
    expect((await app.get("/v1/keys")).status).toBe(200);
    expect(await before.ask()).toEqual(requestMessage());
    const answer = new Promise<Buffer>((resolve) => old.once("data", resolve));
    old.write("GET /v1/keys HTTP/1.1\r\nHost: localhost\r\n\r\n");
    expect((await answer).toString()).toMatch(/^HTTP\/1.1 200/);
    const resumed = await KmipTestConnection.open(kmip.url, client, { maxVersion: "TLSv1.2", session });
    expect(resumed.socket.isSessionReused()).toBe(true);
    expect(await resumed.ask()).toEqual(requestMessage());
    for (const each of [before, after, resumed]) each.close();
    old.destroy();
    app.close();
  });

  test("is trusted by clients that are enrolled from then on, together with the agent's own authority", async () => {
    const { installed } = kmip.domain;
    await installed.install(await company.chain(await installed.request(NAMES, "P-256")));
    const client = await kmip.domain.enrol("app", ALL);
    for (const each of [0, 1]) {
      const connection = await KmipTestConnection.open(kmip.url, client, { servername: "localhost" });
      expect(await connection.ask()).toEqual(requestMessage());
      connection.close();
      if (each === 0) installed.remove();
      await kmip.until(({ open }) => open === 0);
    }
  });

  test("identifies no client, whatever certificates its authority issues", async () => {
    const { installed } = kmip.domain;
    const csr = await installed.request(NAMES, "P-256");
    await installed.install(await company.chain(csr));
    const usages = [ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth];
    await installed.install(await company.chain(csr, { usages }));
    const { certPem, keyPem } = installed.current ?? { certPem: "", keyPem: "" };
    const connection = await KmipTestConnection.open(
      kmip.url,
      { cert: certPem, key: keyPem, ca: company.rootPem },
      { servername: "localhost" },
    );
    expect((await connection.ask())?.toString("latin1")).toContain("not one of a client");
    connection.close();
  });

  test("is there again after a restart, its key sealed in files that their owner alone reads", async () => {
    const { installed, dataDirectory, keys, aid } = kmip.domain;
    await installed.install(await company.chain(await installed.request(NAMES, "RSA-3072")));
    const time = (): number => Math.floor(Date.now() / 1000);
    const again = await InstalledCertificate.open({ keys, aid, dataDirectory, time });
    expect(again.current).toEqual(installed.current);
    const folder = join(dataDirectory, "server-cert");
    const body = (installed.current?.keyPem ?? "").split("\n")[2] ?? "";
    expect(body.length).toBe(64);
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      expect(statSync(path).mode & 0o077).toBe(0);
      expect(readFileSync(path).includes(body)).toBe(false);
      expect(readFileSync(path).includes(Buffer.from(body, "base64"))).toBe(false);
    }
    expect(readdirSync(folder)).toEqual(["installed"]);
  });

  test("may be renewed for the same key without a new request", async () => {
    const { installed } = kmip.domain;
    const csr = await installed.request(NAMES, "P-256");
    const first = await installed.install(await company.chain(csr, { to: 10 }));
    const renewed = await installed.install(await company.chain(csr, { to: 100 }));
    expect(renewed.notAfter).toBeGreaterThan(first.notAfter);
  });
});

describe("a chain that is not right changes nothing", () => {
  const table: [string, string, Wishes, ((chain: string, own: CompanyAuthority) => string | Promise<string>)?][] = [
    ["without a requested name", "E_CERT_NAMES", { names: ["kms.example"] }],
    ["for another name", "E_CERT_NAMES", { names: ["kms.example.org", "localhost"] }],
    ["for clients", "E_CERT_USE", { usages: [ExtendedKeyUsage.clientAuth] }],
    ["for nothing in particular", "E_CERT_USE", { usages: [] }],
    ["that is an authority", "E_CERT_USE", { ca: true }],
    ["that has run out", "E_CERT_TIME", { from: -20, to: -1 }],
    ["that is not valid yet", "E_CERT_TIME", { from: 1, to: 20 }],
    ["in the wrong order", "E_CERT_KEY", {}, (chain) => reversed(chain)],
    ["with a gap", "E_CERT_CHAIN", {}, (chain, own) => chain.replace(own.issuingPem, "")],
    [
      "of another authority of the same name",
      "E_CERT_CHAIN",
      {},
      async (chain, own) => chain.replace(own.issuingPem, (await CompanyAuthority.make()).issuingPem),
    ],
    ["that is no PEM", "E_CERT_FORM", {}, () => "certificate"],
    ["that is empty", "E_CERT_FORM", {}, () => ""],
    [
      "that is damaged",
      "E_CERT_FORM",
      {},
      (chain) => chain.replace(/[A-Za-z]{8}\n/, "AAAAAAAA\n").slice(0, 200) + chain.slice(260),
    ],
    ["that is too long", "E_CERT_FORM", {}, (chain) => chain.repeat(4)],
  ];
  test.each(table)("%s", async (_title, code, wishes, change = (chain) => chain) => {
    const { installed } = kmip.domain;
    const chain = await company.chain(await installed.request(NAMES, "P-256"), wishes);
    await expect(installed.install(await change(chain, company))).rejects.toMatchObject({ code });
    expect(installed.current).toBeNull();
  });

  test("for the key of an earlier request, or without any request", async () => {
    const { installed } = kmip.domain;
    const earlier = await installed.request(NAMES, "P-256");
    await installed.request(NAMES, "P-256");
    await expect(installed.install(await company.chain(earlier))).rejects.toMatchObject({ code: "E_CERT_KEY" });
    installed.remove();
    const other = await startTestKmip();
    await expect(other.domain.installed.install(await company.chain(earlier))).rejects.toMatchObject({
      code: "E_CERT_REQUEST",
    });
    await other.close();
  });
});

describe.skipIf(!HAS_OPENSSL)("OpenSSL", () => {
  test.each([["P-256"], ["RSA-3072"]] as const)(
    "verifies a request for %s and reads its names and use",
    async (kind) => {
      const csr = await kmip.domain.installed.request(NAMES, kind);
      const { stdout, stderr, status } = spawnSync("openssl", ["req", "-verify", "-noout", "-text"], {
        input: csr,
        encoding: "utf8",
      });
      expect([status, /verify (OK|failure)/.exec(stdout + stderr)?.[1]]).toEqual([0, "OK"]);
      expect(stdout).toContain("DNS:kms.example, DNS:localhost, IP Address:127.0.0.1");
      expect(stdout).toContain("TLS Web Server Authentication");
    },
  );
});

function reversed(chain: string): string {
  return chain
    .split(/(?<=-----END CERTIFICATE-----\n)/)
    .reverse()
    .join("");
}
