import "reflect-metadata";
import { webcrypto, X509Certificate } from "node:crypto";
import { type Attribute, ENUM } from "@holdfast/kmip";
import { Pkcs10CertificateRequestGenerator } from "@peculiar/x509";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { spkiHash } from "../../clients/spki-hash.ts";
import { uuidOfKeyId } from "../../operations/object-uuid.ts";
import type { TestDomain } from "../../operations/testing/open-test-domain.ts";
import { KmipAsker } from "./testing/ask-kmip.ts";
import { KmipTestConnection } from "./testing/kmip-client.ts";
import { ALL, startTestKmip, type TestKmip } from "./testing/start-test-kmip.ts";

const { Valid, Invalid, Unknown } = ENUM.ValidityIndicator;
const EC = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

let kmip: TestKmip;
let domain: TestDomain;
let client: KmipAsker;
beforeAll(async () => {
  kmip = await startTestKmip();
  domain = kmip.domain;
  client = await KmipAsker.enrol(domain);
});
afterAll(() => kmip.close());

/** A key pair of the client's own, whose public key is here. */
async function ownPair() {
  const keys = await webcrypto.subtle.generateKey(EC, true, ["sign", "verify"]);
  const spki = Buffer.from(await webcrypto.subtle.exportKey("spki", keys.publicKey));
  const pem = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  const view = await domain.operations.registerObject(client.session.caller, {
    ...{ type: "public-key", algorithm: "EC-P256", usage: ["verify"], dates: { activation: "now" } },
    material: { format: "spki", bytes: Buffer.from(spki) },
  });
  const request = async (name: string) => {
    const made = await Pkcs10CertificateRequestGenerator.create(
      { name, keys: keys as CryptoKeyPair, signingAlgorithm: EC },
      webcrypto as unknown as Crypto,
    );
    return Buffer.from(made.rawData);
  };
  return {
    id: uuidOfKeyId(view.id),
    spki,
    request,
    keyPem: `-----BEGIN PRIVATE KEY-----\n${pem}\n-----END PRIVATE KEY-----\n`,
  };
}

const certificateOf = async (name: string): Promise<X509Certificate> =>
  new X509Certificate((await domain.operations.getMaterial(client.session.caller, { name })).material);
const certified = async (payload: Parameters<KmipAsker["ask"]>[1] & object): Promise<string> =>
  String((await client.ask("Certify", payload as never)).uniqueIdentifier);

describe("a certificate", () => {
  test("is of the key and the subject that a request proves, and both name each other", async () => {
    const pair = await ownPair();
    const certificateRequest = await pair.request("CN=orders.example, O=Example");
    const id = await certified({
      uniqueIdentifier: pair.id,
      certificateRequestType: ENUM.CertificateRequestType.PKCS_10,
      certificateRequest,
    });
    const read = await certificateOf(id);
    expect(read.subject.split("\n").sort()).toEqual(["CN=orders.example", "O=Example"]);
    expect(read.publicKey.export({ type: "spki", format: "der" })).toEqual(pair.spki);
    const [certificate, key] = [id, pair.id].map((name) =>
      domain.operations.describeObject(client.session.caller, name),
    );
    expect(certificate?.links).toContainEqual({ kind: "public-key", id: key?.id });
    expect(key?.links).toContainEqual({ kind: "certificate", id: certificate?.id });
  });

  test("is of a named subject without a request, and of no key but the request's own", async () => {
    const [pair, other] = [await ownPair(), await ownPair()];
    const attributes: readonly Attribute[] = [{ name: "CertificateSubjectCN", value: "plain.example" }];
    expect((await certificateOf(await certified({ uniqueIdentifier: pair.id, attributes }))).subject).toBe(
      "CN=plain.example",
    );
    const certificateRequest = await other.request("CN=other.example");
    expect(await client.refusal("Certify", { uniqueIdentifier: pair.id, certificateRequest })).toMatch(
      /^InvalidField: /,
    );
    const changed = Buffer.from(await pair.request("CN=pair.example"));
    changed[changed.length - 1] = (changed[changed.length - 1] as number) ^ 1;
    expect(await client.refusal("Certify", { uniqueIdentifier: pair.id, certificateRequest: changed })).toMatch(
      /^InvalidCSR: /,
    );
    const stranger = await KmipAsker.enrol(domain);
    expect(await stranger.refusal("Certify", { uniqueIdentifier: pair.id })).toMatch(/^ObjectNotFound: /);
  });

  test("opens no endpoint: it lacks clientAuth, its issuer is not that of clients, and its key is nobody's", async () => {
    const pair = await ownPair();
    const certificateRequest = await pair.request("CN=app");
    const read = await certificateOf(await certified({ uniqueIdentifier: pair.id, certificateRequest }));
    expect(read.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
    expect(read.checkIssued(new X509Certificate(domain.authority.caPem))).toBe(false);
    expect(domain.keystore.findClientBySpki(spkiHash(pair.spki))).toBeNull();
    const files = { cert: read.toString(), key: pair.keyPem, ca: domain.authority.caPem };
    const opened = KmipTestConnection.open(kmip.url, files).then((connection) => connection.ask());
    expect(await opened.catch(() => "refused")).not.toEqual(
      await KmipTestConnection.open(kmip.url, await domain.enrol("app", ALL)).then((each) => each.ask()),
    );
  });

  test("is replaced by one for the same key and subject, which takes its names", async () => {
    const pair = await ownPair();
    const attributes: readonly Attribute[] = [{ name: "Name", value: { nameValue: "site", nameType: 1 } }];
    const first = await certified({
      uniqueIdentifier: pair.id,
      certificateRequest: await pair.request("CN=site.example"),
      attributes,
    });
    const second = String((await client.ask("ReCertify", { uniqueIdentifier: first })).uniqueIdentifier);
    const [old, fresh] = [await certificateOf(first), await certificateOf(second)];
    expect([fresh.subject, fresh.publicKey.export({ type: "spki", format: "der" })]).toEqual([old.subject, pair.spki]);
    expect(fresh.serialNumber).not.toBe(old.serialNumber);
    const [was, is] = [first, second].map((name) => domain.operations.describeObject(client.session.caller, name));
    expect([was?.names, is?.names]).toEqual([[], [{ value: "site", kind: "text" }]]);
    expect([was?.links, is?.links].map((links) => links?.map(({ kind }) => kind))).toEqual([
      expect.arrayContaining(["replacement", "public-key"]),
      expect.arrayContaining(["replaced", "public-key"]),
    ]);
  });
});

describe("a chain", () => {
  const given = (...certificates: Uint8Array[]) => ({
    certificate: certificates.map((certificateValue) => ({
      certificateType: ENUM.CertificateType.X_509,
      certificateValue,
    })),
  });
  const indicator = async (payload: object) => (await client.ask("Validate", payload)).validityIndicator;

  test("is valid up to one that signs itself, unknown without it, and invalid out of its time", async () => {
    const { cert } = await domain.enrol("app", ALL);
    const [leaf, root] = [new X509Certificate(cert).raw, new X509Certificate(domain.authority.caPem).raw];
    expect(await indicator(given(leaf, root))).toBe(Valid);
    expect(await indicator(given(root, leaf))).toBe(Valid);
    expect(await indicator(given(leaf))).toBe(Unknown);
    expect(await indicator({ ...given(leaf, root), validityDate: 1 })).toBe(Invalid);
    expect(await client.refusal("Validate", given(leaf, Buffer.from("no certificate")))).toMatch(/^InvalidField: /);
    expect(await client.refusal("Validate", {})).toMatch(/^InvalidMessage: /);
  });

  test("is invalid with a certificate that was revoked here", async () => {
    const pair = await ownPair();
    const id = await certified({ uniqueIdentifier: pair.id });
    expect(await indicator({ uniqueIdentifier: [id] })).toBe(Unknown);
    await domain.operations.revokeObject(client.session.caller, id, { to: "deactivated" });
    expect(await indicator({ uniqueIdentifier: [id] })).toBe(Invalid);
  });
});
