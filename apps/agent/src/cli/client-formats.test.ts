import { spawnSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KmipTestConnection, requestMessage } from "../endpoints/kmip/testing/kmip-client.ts";
import { ALL, startTestKmip, type TestKmip } from "../endpoints/kmip/testing/start-test-kmip.ts";
import type { TestClient } from "../operations/testing/open-test-domain.ts";
import { CLIENT_FORMATS, type ClientMaterial } from "./client-formats.ts";
import { placeFiles } from "./place-files.ts";

const HAS_OPENSSL = spawnSync("openssl", ["version"]).status === 0;
const HAS_KEYTOOL = spawnSync("keytool", ["-help"]).status === 0;

let kmip: TestKmip;
let client: TestClient;
let material: ClientMaterial;
let folder: string;
beforeAll(async () => {
  kmip = await startTestKmip();
  client = await kmip.domain.enrol("base de données", ALL);
  const server = { host: "127.0.0.1", port: Number(new URL(kmip.url).port) };
  material = { label: "base de données", certificate: client.cert, key: client.key, ca: client.ca, server };
  folder = mkdtempSync(join(tmpdir(), "holdfast-formats-"));
  for (const [name, format] of Object.entries(CLIENT_FORMATS)) {
    const into = join(folder, name);
    spawnSync("mkdir", [into]);
    placeFiles(into, format.files(material));
  }
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await kmip.close();
});

const path = (...names: string[]): string => join(folder, ...names);
const read = (...names: string[]): string => readFileSync(path(...names), "utf8");

/** Runs a program of the machine to its end. */
function run(program: string, ...words: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: "utf8" });
  expect([status, status === 0 ? "" : `${stdout}${stderr}`]).toEqual([0, ""]);
  return `${stdout}${stderr}`;
}

describe("every format", () => {
  test.each(Object.entries(CLIENT_FORMATS))(
    "%s writes exactly the files it names, private ones for their owner alone",
    (name, format) => {
      const files = format.files(material);
      expect(files.map((each) => each.name).sort()).toEqual([...format.names].sort());
      for (const each of files) {
        const holdsKey = !each.name.endsWith(".crt");
        expect(statSync(path(name, each.name)).mode & 0o777).toBe(holdsKey ? 0o600 : 0o644);
      }
      for (const step of format.steps(material, "/x")) expect(step).not.toContain("undefined");
    },
  );
});

describe("what a product reads", () => {
  test("MongoDB: one PEM is certificate and key to the key server", async () => {
    const pem = read("mongodb", "mongodb-kmip.pem");
    const connection = await KmipTestConnection.open(kmip.url, { cert: pem, key: pem, ca: read("mongodb", "ca.crt") });
    expect(await connection.ask()).toEqual(requestMessage());
    connection.close();
    expect(read("mongodb", "mongod-kmip.conf")).toContain(`    port: ${material.server.port}\n`);
  });

  test("Percona Server for MySQL: its configuration is JSON with the port as text", () => {
    expect(JSON.parse(read("percona", "component_keyring_kmip.cnf"))).toMatchObject({
      server_addr: "127.0.0.1",
      server_port: String(material.server.port),
    });
    expect(JSON.parse(read("percona", "mysqld.my"))).toMatchObject({ components: "file://component_keyring_kmip" });
  });

  test("PKCS#12: a TLS client loads it with its password and is the client", async () => {
    const socket = connect({
      ...material.server,
      pfx: readFileSync(path("pkcs12", "client.p12")),
      passphrase: read("pkcs12", "client.p12.password"),
    });
    await new Promise((resolve, reject) => socket.once("secureConnect", resolve).once("error", reject));
    const answer = new Promise<Buffer>((resolve) => socket.once("data", resolve));
    socket.write(requestMessage());
    expect(await answer).toEqual(requestMessage());
    socket.destroy();
  });

  test("PKCS#12 does not open with another password", () => {
    const pfx = readFileSync(path("pkcs12", "client.p12"));
    expect(() => connect({ ...material.server, pfx, passphrase: "another" }).on("error", () => {})).toThrow();
  });
});

describe.skipIf(!HAS_OPENSSL)("OpenSSL", () => {
  test("reads the PKCS#12 file: the key, its certificate and the authority", () => {
    const words = [
      "pkcs12",
      "-in",
      path("pkcs12", "client.p12"),
      "-passin",
      `file:${path("pkcs12", "client.p12.password")}`,
    ];
    const text = run("openssl", ...words, "-nodes");
    const key = /-----BEGIN PRIVATE KEY-----[\s\S]*-----END PRIVATE KEY-----/.exec(text)?.[0] ?? "";
    expect(createPrivateKey(key).equals(createPrivateKey(client.key))).toBe(true);
    const certificates = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
    expect(certificates.map((each) => new X509Certificate(each).fingerprint256)).toEqual(
      [client.cert, client.ca].map((each) => new X509Certificate(each).fingerprint256),
    );
    expect(run("openssl", ...words, "-info", "-noout")).toMatch(/MAC: sha256[\s\S]*AES-256-CBC/);
  });

  test("verifies vCenter's certificate for clients against the authority's, and finds the key to be its own", () => {
    const files = ["kms-certificate.pem", "kms-private-key.pem", "key-server-ca.pem"].map((name) =>
      path("vcenter", name),
    );
    const [cert = "", key = "", ca = ""] = files;
    const verified = run("openssl", "verify", "-purpose", "sslclient", "-CAfile", ca, cert);
    expect(verified).toContain("OK");
    writeFileSync(path("modulus"), run("openssl", "pkey", "-in", key, "-pubout"));
    expect(run("openssl", "x509", "-in", cert, "-noout", "-pubkey")).toBe(read("modulus"));
  });
});

describe.skipIf(!HAS_KEYTOOL)("Java's keytool", () => {
  const list = (name: string, store: string, password: string): string =>
    run("keytool", "-list", "-keystore", path(name, store), "-storepass:file", path(name, password), "-v");

  test("lists key store and trust store (JKS), and moves the key out with its password", () => {
    expect(list("jks", "keystore.jks", "keystore.password")).toMatch(
      /Entry type: PrivateKeyEntry[\s\S]*chain length: 2/,
    );
    expect(list("jks", "truststore.jks", "keystore.password")).toContain("Entry type: trustedCertEntry");
    const password = read("jks", "keystore.password");
    const moved = ["-destkeystore", path("moved.p12"), "-deststoretype", "PKCS12", "-deststorepass", password];
    run(
      "keytool",
      "-importkeystore",
      "-srckeystore",
      path("jks", "keystore.jks"),
      "-srcstorepass",
      password,
      ...moved,
      "-noprompt",
    );
    expect(list("", "moved.p12", "jks/keystore.password")).toContain("PrivateKeyEntry");
  });

  test("lists the PKCS#12 file as a key with its chain", () => {
    expect(list("pkcs12", "client.p12", "client.p12.password")).toMatch(
      /Entry type: PrivateKeyEntry[\s\S]*chain length: 2/,
    );
  });
});
