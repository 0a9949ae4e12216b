import { execFileSync } from "node:child_process";
import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type KeyFileHints, readKeys } from "./read-keys.ts";

const PASSPHRASE = "correct horse";
const ec = generateKeyPairSync("ec", { namedCurve: "P-384" }).privateKey;
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-keys-"));
  writeFileSync(join(folder, "ec.pem"), pem(ec));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pem = (key: KeyObject): string => key.export({ format: "pem", type: "pkcs8" }).toString();
const der = (key: KeyObject, type: "pkcs8" | "pkcs1" | "sec1" = "pkcs8"): Buffer =>
  key.export({ format: "der", type } as never) as unknown as Buffer;
const read = (bytes: Buffer | string, hints: Partial<KeyFileHints> = {}) =>
  readKeys(Buffer.from(bytes), { passphrase: async () => PASSPHRASE, ...hints });
const holds = (material: Buffer, key: KeyObject): boolean =>
  createPrivateKey({ key: material, format: "der", type: "pkcs8" }).equals(key);

/** A PKCS #12 file as openssl writes it. */
function pkcs12(...more: string[]): Buffer {
  const run = (...words: string[]) =>
    execFileSync("openssl", words, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  run("req", "-x509", "-key", "ec.pem", "-subj", "/CN=x", "-days", "1", "-out", "ec.crt");
  run(
    "pkcs12",
    "-export",
    "-inkey",
    "ec.pem",
    "-in",
    "ec.crt",
    "-name",
    "web",
    "-passout",
    `pass:${PASSPHRASE}`,
    "-out",
    "ec.p12",
    ...more,
  );
  return readFileSync(join(folder, "ec.p12"));
}

describe("a file of keys is told by its bytes, and read", () => {
  test("PEM with several private keys, one of them with a passphrase, and a certificate that is left", async () => {
    const locked = rsa.export({ format: "pem", type: "pkcs8", cipher: "aes-256-cbc", passphrase: PASSPHRASE });
    const found = await read(`${pem(ec)}\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n${locked}`);
    expect(found.map(({ algorithm }) => algorithm)).toEqual(["EC-P384", "RSA-2048"]);
    expect(found.map(({ material }, at) => holds(material, [ec, rsa][at] as KeyObject))).toEqual([true, true]);
  });

  test.each(["pkcs8", "sec1"] as const)("DER as %s", async (type) => {
    expect((await read(der(ec, type))).map(({ material }) => holds(material, ec))).toEqual([true]);
  });

  test("encrypted PKCS #8", async () => {
    const bytes = ec.export({ format: "der", type: "pkcs8", cipher: "aes-128-cbc", passphrase: PASSPHRASE });
    expect((await read(bytes)).map(({ material }) => holds(material, ec))).toEqual([true]);
    const wrong = read(bytes, { passphrase: async () => "another" });
    await expect(wrong).rejects.toMatchObject({ code: "E_KEY_PASSPHRASE" });
  });

  test.each([
    ["as openssl writes it", []],
    [
      "with a MAC of SHA-1 and 3DES, as old tools write it",
      ["-macalg", "sha1", "-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES"],
    ],
    ["with a MAC of SHA-512", ["-macalg", "sha512"]],
  ])("PKCS #12 %s, under its own name; changed or under another passphrase it is refused", async (_, more) => {
    const bytes = pkcs12(...more);
    const [found] = await read(bytes);
    expect(found).toMatchObject({ label: "web", algorithm: "EC-P384" });
    expect(holds(found?.material ?? Buffer.alloc(0), ec)).toBe(true);
    const wrong = read(bytes, { passphrase: async () => "another" });
    await expect(wrong).rejects.toMatchObject({ code: "E_KEY_PASSPHRASE" });
    const changed = Buffer.from(bytes);
    changed[bytes.indexOf(Buffer.from("web", "utf16le").swap16()) + 1] = 0x57;
    await expect(read(changed)).rejects.toMatchObject({ code: "E_KEY_PASSPHRASE" });
  });

  test("a JWK, and a JWK set of secret and private keys", async () => {
    const k = randomBytes(32);
    const oct = { kty: "oct", k: k.toString("base64url"), kid: "session", alg: "HS256" };
    const found = await read(JSON.stringify({ keys: [oct, { ...ec.export({ format: "jwk" }), kid: "sign" }] }));
    expect(found.map(({ label, algorithm }) => [label, algorithm])).toEqual([
      ["session", "HMAC-SHA256"],
      ["sign", "EC-P384"],
    ]);
    expect(found[0]?.material.equals(k)).toBe(true);
    const { d: _, ...publicHalf } = ec.export({ format: "jwk" });
    await expect(read(JSON.stringify(publicHalf))).rejects.toMatchObject({ code: "E_KEY_FILE" });
  });

  test("lists in CSV and JSON say the same", async () => {
    const [a, b] = [randomBytes(32), randomBytes(20)];
    const csv = `name,key,algorithm,usage,alias\n"a, first",${a.toString("hex")},,encrypt decrypt,alias/a\nb,${b.toString("base64")},HMAC-SHA256,,\n`;
    const json = [
      { name: "a, first", key: a.toString("hex"), usage: ["encrypt", "decrypt"], alias: "alias/a" },
      { name: "b", key: b.toString("base64"), algorithm: "HMAC-SHA256" },
    ];
    const [one, other] = [await read(csv), await read(JSON.stringify(json))];
    expect(other).toEqual(one);
    expect(one.map(({ label, algorithm, alias }) => [label, algorithm, alias])).toEqual([
      ["a, first", "AES-256", "alias/a"],
      ["b", "HMAC-SHA256", undefined],
    ]);
  });

  test.each([16, 24, 32])("a raw key of %i bytes is one whatever it begins with", async (length) => {
    for (let first = 0; first < 65_536; first += 17) {
      const key = randomBytes(length);
      key.writeUInt16BE(first);
      key[length - 1] = 0xff;
      const [found] = await read(key, first % 2 === 0 ? {} : { algorithm: `AES-${length * 8}` });
      if (found?.material.equals(key) !== true) expect.fail(`read otherwise: ${key.toString("hex")}`);
    }
  });

  test("a raw key with a named algorithm is one though it begins like DER", async () => {
    const key = Buffer.concat([Buffer.from("303e020103", "hex"), randomBytes(59)]);
    expect((await read(key, { algorithm: "HMAC-SHA512" })).map(({ material }) => material)).toEqual([key]);
  });

  test("raw bytes are AES by their size, or what is said of them", async () => {
    expect(await read(Buffer.alloc(24, 1))).toMatchObject([{ algorithm: "AES-192" }]);
    expect(await read(randomBytes(64), { algorithm: "HMAC-SHA512" })).toMatchObject([{ algorithm: "HMAC-SHA512" }]);
    expect(await read("a password", { algorithm: "secret-data" })).toMatchObject([
      { type: "secret-data", algorithm: null },
    ]);
    await expect(read(Buffer.alloc(17, 1))).rejects.toMatchObject({ code: "E_KEY_FILE" });
  });
});

test("no refusal repeats anything of a file", async () => {
  const hostile = [
    "name,key\nx,SECRETVALUE!",
    '[{"key":"SECRETVALUE!"}]',
    '{"kty":"oct","k":"SECRETVALUE!"}',
    "-----BEGIN PRIVATE KEY-----\nSECRETVALUE\n-----END PRIVATE KEY-----",
  ];
  for (const text of hostile) {
    const refusal = await read(text).catch((error: Error & { code: string }) => error);
    expect(refusal).toMatchObject({ code: "E_KEY_FILE" });
    expect(JSON.stringify([(refusal as Error).message, refusal])).not.toContain("SECRETVALUE");
  }
});

test("a list whose first line is not of columns that lists have is told the column, and is not taken for one key", async () => {
  for (const [head, said] of [
    ["name,kye,algorithm", /a column kye, which no list has: there are name, key,/],
    ["name,algorithm", /no column key/],
  ] as const) {
    const text = `${head}\n${"a,b,c".slice(0, head.split(",").length * 2 - 1)}\n`;
    const hints: Partial<KeyFileHints>[] = [{}, { form: "list" }];
    for (const each of hints)
      await expect(read(text, each)).rejects.toMatchObject({
        code: "E_KEY_FILE",
        message: expect.stringMatching(said),
      });
  }
  // What is said to be a secret is one, whatever it looks like.
  const secret = "name,kye\nx,y\n";
  expect(await read(secret, { algorithm: "secret-data" })).toMatchObject([{ material: Buffer.from(secret) }]);
});
