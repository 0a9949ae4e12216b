import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateSigningKey } from "@holdfast/crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Authority, type AuthorityParts } from "./authority.ts";
import { identityOfCertificate } from "./spki-hash.ts";

const NOW = 1_790_000_000;
const TID = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
const CLIENT = { clientId: `c_${"a".repeat(26)}`, label: "billing, “north” / 1", validitySec: 3600 };

let parts: AuthorityParts;
beforeEach(() => {
  const keys = { ca: generateSigningKey("P-256"), report: generateSigningKey("P-256") };
  const dataDirectory = mkdtempSync(join(tmpdir(), "holdfast-authority-"));
  parts = { keys, tid: TID, createdAt: NOW - 1000, dataDirectory, time: () => NOW };
});
afterEach(() => rmSync(parts.dataDirectory, { recursive: true, force: true }));

const textOf = (files: readonly { name: string; base64: string }[], name: string) =>
  Buffer.from(files.find((file) => file.name === name)?.base64 ?? "", "base64").toString();

describe("a client's certificate", () => {
  test("is under the authority, for client authentication only, and belongs to the key beside it", async () => {
    const authority = await Authority.open(parts);
    const issued = await authority.issueClient(CLIENT);
    expect(issued.files.map(({ name }) => name)).toEqual(["client.crt", "client.key", "ca.crt"]);
    const certificate = new X509Certificate(textOf(issued.files, "client.crt"));
    const ca = new X509Certificate(authority.caPem);
    expect(certificate.checkIssued(ca) && certificate.verify(ca.publicKey)).toBe(true);
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
    expect(certificate.ca).toBe(false);
    expect(identityOfCertificate(certificate)).toBe(issued.spkiHash);
    expect(certificate.serialNumber.toLowerCase()).toBe(issued.serial);
    expect(new Date(certificate.validTo).getTime()).toBe((NOW + 3600) * 1000);
    const { createPrivateKey } = await import("node:crypto");
    expect(certificate.checkPrivateKey(createPrivateKey(textOf(issued.files, "client.key")))).toBe(true);
  });

  test("is never the same twice", async () => {
    const authority = await Authority.open(parts);
    const [one, two] = [await authority.issueClient(CLIENT), await authority.issueClient(CLIENT)];
    expect(one.spkiHash).not.toBe(two.spkiHash);
    expect(one.serial).not.toBe(two.serial);
  });
});

describe("a listener's certificate", () => {
  test("names exactly what it was asked for and authenticates servers only", async () => {
    const authority = await Authority.open(parts);
    const { certPem } = await authority.issueServer(["localhost", "127.0.0.1", "::1", "kms.example"]);
    const certificate = new X509Certificate(certPem);
    for (const name of ["localhost", "kms.example"]) expect(certificate.checkHost(name)).toBe(name);
    for (const ip of ["127.0.0.1", "::1"]) expect(certificate.checkIP(ip)).toBe(ip);
    expect(certificate.checkHost("agent.localhost")).toBeUndefined();
    expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect(certificate.verify(new X509Certificate(authority.caPem).publicKey)).toBe(true);
  });
});

describe("the authority's own certificate", () => {
  test("stays the same over restarts, and a foreign or damaged file is replaced", async () => {
    const first = await Authority.open(parts);
    expect((await Authority.open(parts)).caPem).toBe(first.caPem);
    const path = join(parts.dataDirectory, "ca.crt");
    const other = await Authority.open({ ...parts, keys: { ...parts.keys, ca: generateSigningKey("P-256") } });
    expect(other.caPem).not.toBe(first.caPem);
    for (const bad of [other.caPem, "nonsense", ""]) {
      writeFileSync(path, bad);
      const again = await Authority.open(parts);
      const ca = new X509Certificate(again.caPem);
      expect(ca.publicKey.equals(new X509Certificate(first.caPem).publicKey)).toBe(true);
      expect(readFileSync(path, "utf8")).toBe(again.caPem);
    }
  });

  test("made again verifies what the earlier one verified", async () => {
    const first = await Authority.open(parts);
    const issued = await first.issueClient(CLIENT);
    rmSync(join(parts.dataDirectory, "ca.crt"));
    const again = new X509Certificate((await Authority.open(parts)).caPem);
    expect(new X509Certificate(issued.certificateDer).checkIssued(again)).toBe(true);
    expect(again.serialNumber).toBe(new X509Certificate(first.caPem).serialNumber);
    expect(again.ca).toBe(true);
  });
});

test("the report's certificate is the report key's, under the authority, and is kept while it is fresh", async () => {
  const authority = await Authority.open(parts);
  const { certificate, authority: issuer } = await authority.reportCertificate();
  const parsed = new X509Certificate(certificate);
  expect(Buffer.from(parsed.publicKey.export({ type: "spki", format: "der" }))).toEqual(
    Buffer.from(parts.keys.report.publicKey.spki),
  );
  expect(parsed.verify(new X509Certificate(issuer).publicKey)).toBe(true);
  expect(parsed.keyUsage).toBeUndefined();
  expect((await authority.reportCertificate()).certificate).toBe(certificate);
});
