import { execFileSync, spawnSync } from "node:child_process";
import { createPrivateKey, createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ENUM, MASK } from "@holdfast/kmip";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newestLeaves } from "../../operations/testing/object-client.ts";
import { openTestDomain, type TestDomain } from "../../operations/testing/open-test-domain.ts";
import { KmipAsker } from "./testing/kmip-asker.ts";

const HAS_OPENSSL = spawnSync("openssl", ["version"]).status === 0;
const { PKCS_8, PKCS_12, Opaque } = ENUM.KeyFormatType;
const { PKCS_12CertificateLink, PKCS_12PasswordLink } = ENUM.LinkType;
const { InvalidField } = ENUM.ResultReason;

let domain: TestDomain;
let client: KmipAsker;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-p12-"));
  domain = await openTestDomain();
  client = await KmipAsker.enrol(domain);
});
afterAll(async () => {
  await domain.close();
  rmSync(folder, { recursive: true, force: true });
});

const path = (name: string) => join(folder, name);
const openssl = (...words: string[]) => execFileSync("openssl", words, { stdio: ["ignore", "pipe", "ignore"] });

async function keyAndCertificate(): Promise<{ key: string; certificate: string; password: string }> {
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  openssl("req", "-x509", ...curve, "-keyout", path("key.pem"), "-out", path("cert.pem"), "-subj", "/CN=app");
  const der = createPrivateKey(readFileSync(path("key.pem"))).export({ format: "der", type: "pkcs8" });
  const active = { name: "ActivationDate", value: 1 } as const;
  const register = async (objectType: number, object: object, ...attributes: object[]) =>
    String((await client.ask("1.4", "Register", { objectType, object, attributes } as never)).uniqueIdentifier);
  const key = await register(
    ENUM.ObjectType.PrivateKey,
    {
      type: "PrivateKey",
      keyBlock: {
        ...{ keyFormatType: PKCS_8, keyValue: { material: der } },
        cryptographicAlgorithm: ENUM.CryptographicAlgorithm.EC,
        cryptographicLength: 256,
      },
    },
    active,
    { name: "CryptographicUsageMask", value: MASK.CryptographicUsageMask.Sign },
  );
  const certificate = await register(ENUM.ObjectType.Certificate, {
    type: "Certificate",
    certificateType: ENUM.CertificateType.X_509,
    certificateValue: openssl("x509", "-in", path("cert.pem"), "-outform", "der"),
  });
  const password = await register(
    ENUM.ObjectType.SecretData,
    {
      type: "SecretData",
      secretDataType: ENUM.SecretDataType.Password,
      keyBlock: { keyFormatType: Opaque, keyValue: { material: Buffer.from("correct horse") } },
    },
    active,
    { name: "CryptographicUsageMask", value: 0 },
  );
  return { key, certificate, password };
}

const link = (uniqueIdentifier: string, linkType: number, linkedObjectIdentifier: string) =>
  client.ask("1.4", "AddAttribute", {
    uniqueIdentifier,
    attribute: { name: "Link", value: { linkType, linkedObjectIdentifier } },
  } as never);

test.skipIf(!HAS_OPENSSL)(
  "a private key leaves as a PKCS#12 store that OpenSSL opens, every part of it a recorded release",
  async () => {
    const { key, certificate, password } = await keyAndCertificate();
    const get = () => client.item("1.4", "Get", { uniqueIdentifier: key, keyFormatType: PKCS_12 });
    expect(await get()).toMatchObject({ resultReason: InvalidField });
    await link(key, PKCS_12CertificateLink, certificate);
    expect(await get()).toMatchObject({ resultReason: InvalidField });
    const added = await link(key, PKCS_12PasswordLink, password);
    expect(added.attribute).toMatchObject({ index: 1 });
    const size = domain.log.size;
    const { object } = await client.ask("1.4", "Get", { uniqueIdentifier: key, keyFormatType: PKCS_12 });
    const kinds = newestLeaves(domain, domain.log.size - size).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "release")).toHaveLength(2);
    const { wrapped } = (object as { keyBlock: { keyValue: { wrapped: Uint8Array } } }).keyBlock.keyValue;
    writeFileSync(path("store.p12"), wrapped);
    const opened = openssl("pkcs12", "-in", path("store.p12"), "-passin", "pass:correct horse", "-nodes").toString();
    const spki = (pem: string) => createPublicKey(pem).export({ format: "der", type: "spki" }).toString("hex");
    expect(spki(opened.slice(opened.indexOf("-----BEGIN PRIVATE KEY")))).toBe(
      spki(readFileSync(path("cert.pem"), "utf8")),
    );
    expect(opened).toContain("BEGIN CERTIFICATE");
    const wrong = ["pkcs12", "-in", path("store.p12"), "-passin", "pass:wrong", "-nodes"];
    expect(spawnSync("openssl", wrong).status).not.toBe(0);
  },
);

test("an attribute that is asked for twice is an invalid message where the version says so, and told once elsewhere", async () => {
  const { uniqueIdentifier } = await client.ask("1.2", "Create", {
    objectType: ENUM.ObjectType.SymmetricKey,
    attributes: [
      { name: "CryptographicAlgorithm", value: ENUM.CryptographicAlgorithm.AES },
      { name: "CryptographicLength", value: 256 },
      { name: "CryptographicUsageMask", value: 12 },
    ],
  });
  const attributeReferences = [{ name: "ObjectType" }, { name: "ObjectType" }] as const;
  for (const version of ["1.1", "1.2", "1.3", "1.4"] as const)
    expect(await client.item(version, "GetAttributes", { uniqueIdentifier, attributeReferences })).toMatchObject({
      resultReason: ENUM.ResultReason.InvalidMessage,
    });
  for (const version of ["1.0", "2.0", "2.1"] as const) {
    const { attributes } = await client.ask(version, "GetAttributes", { uniqueIdentifier, attributeReferences });
    expect(attributes).toHaveLength(1);
  }
});

test("a key of secp256k1 is taken for what its bytes say, though a key of P-256 has the same length", async () => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "secp256k1" });
  const register = async (objectType: number, type: string, keyFormatType: number, material: Buffer, mask: number) =>
    String(
      (
        await client.ask("1.3", "Register", {
          objectType,
          object: {
            type,
            keyBlock: {
              ...{ keyFormatType, keyValue: { material } },
              ...{ cryptographicAlgorithm: ENUM.CryptographicAlgorithm.EC, cryptographicLength: 256 },
            },
          },
          attributes: [
            { name: "CryptographicUsageMask", value: mask },
            { name: "ActivationDate", value: 1 },
          ],
        } as never)
      ).uniqueIdentifier,
    );
  const { PrivateKey, PublicKey } = ENUM.ObjectType;
  const { ECPrivateKey, X_509 } = ENUM.KeyFormatType;
  const sec1 = privateKey.export({ format: "der", type: "sec1" });
  const spki = publicKey.export({ format: "der", type: "spki" });
  const signer = await register(PrivateKey, "PrivateKey", ECPrivateKey, sec1, MASK.CryptographicUsageMask.Sign);
  const verifier = await register(PublicKey, "PublicKey", X_509, spki, MASK.CryptographicUsageMask.Verify);
  const data = Buffer.from("to be signed");
  const { signatureData } = await client.ask("1.3", "Sign", { uniqueIdentifier: signer, data });
  expect(verify("sha256", data, publicKey, signatureData as Buffer)).toBe(true);
  const verified = await client.ask("1.3", "SignatureVerify", { uniqueIdentifier: verifier, data, signatureData });
  expect(verified.validityIndicator).toBe(ENUM.ValidityIndicator.Valid);
});

test("limits that are added are told with what is left of them", async () => {
  const { uniqueIdentifier } = await client.ask("1.4", "Create", {
    objectType: ENUM.ObjectType.SymmetricKey,
    attributes: [
      { name: "CryptographicAlgorithm", value: ENUM.CryptographicAlgorithm.AES },
      { name: "CryptographicLength", value: 256 },
      { name: "CryptographicUsageMask", value: 12 },
    ],
  });
  const limits = { usageLimitsTotal: 1000n, usageLimitsUnit: ENUM.UsageLimitsUnit.Byte };
  const { attribute } = await client.ask("1.4", "AddAttribute", {
    uniqueIdentifier,
    attribute: { name: "UsageLimits", value: limits },
  });
  expect(attribute).toEqual({ name: "UsageLimits", value: { ...limits, usageLimitsCount: 1000n } });
});
