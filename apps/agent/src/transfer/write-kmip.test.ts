import { createPrivateKey, generateKeyPairSync, randomBytes } from "node:crypto";
import { ENUM, encodeRequest, readRequest, readXml } from "@holdfast/kmip";
import type { ExportedKey } from "@holdfast/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answerKmip } from "../endpoints/kmip/answer-kmip.ts";
import { KmipAsker } from "../endpoints/kmip/testing/ask-kmip.ts";
import { openTestDomain, type TestDomain } from "../operations/testing/open-test-domain.ts";
import { writeRegister } from "./write-kmip.ts";

let domain: TestDomain;
let asker: KmipAsker;
beforeAll(async () => {
  domain = await openTestDomain();
  asker = await KmipAsker.enrol(domain, "1.4");
});
afterAll(() => domain.close());

const KEY: ExportedKey = {
  ...{ keyId: `k_${"a".repeat(26)}`, label: "left", group: "default", type: "symmetric-key", algorithm: "AES-256" },
  ...{ usage: ["encrypt", "decrypt"], current: 2, state: "active" },
};

/** Has a server take the request in, and gets the object's material back. */
async function through(text: string): Promise<Buffer> {
  const request = readRequest(readXml(text));
  await answerKmip(encodeRequest(request as never), asker.session);
  const { uniqueIdentifier = [] } = await asker.ask("Locate", {
    attributes: [{ name: "Name", value: nameIn(text) }],
  } as never);
  const { object } = await asker.ask("Get", { uniqueIdentifier: String(uniqueIdentifier[0]) });
  const { keyBlock } = object as unknown as { keyBlock: { keyValue: { material: Buffer } } };
  return Buffer.from(keyBlock.keyValue.material);
}

const nameIn = (text: string) => ({ nameValue: /NameValue[^>]*value="([^"]+)"/.exec(text)?.[1] ?? "", nameType: 1 });

test("a KMIP server takes what was let out, byte for byte: secret keys, private keys and secrets", async () => {
  const secret = randomBytes(32);
  expect((await through(writeRegister(KEY, 1, Buffer.from(secret)))).equals(secret)).toBe(true);
  for (const [algorithm, key] of [
    ["EC-P256", generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey],
    ["RSA-2048", generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey],
  ] as const) {
    const pkcs8 = key.export({ format: "der", type: "pkcs8" });
    const said: ExportedKey = { ...KEY, label: algorithm, type: "private-key", algorithm, usage: ["sign"] };
    const back = await through(writeRegister(said, 2, pkcs8));
    expect(createPrivateKey({ key: back, format: "der", type: "pkcs8" }).equals(key), algorithm).toBe(true);
  }
  const { algorithm: _, ...kept } = { ...KEY, label: "a secret", type: "secret-data", usage: [] } as const;
  expect((await through(writeRegister(kept, 2, Buffer.from("password")))).toString()).toBe("password");
});

test("each version has a name of its own, and the current one the key's", () => {
  expect(nameIn(writeRegister(KEY, 1, randomBytes(32)))).toEqual({ nameValue: "left v1", nameType: 1 });
  expect(nameIn(writeRegister(KEY, 2, randomBytes(32)))).toEqual({
    nameValue: "left",
    nameType: ENUM.NameType.UninterpretedTextString,
  });
});
