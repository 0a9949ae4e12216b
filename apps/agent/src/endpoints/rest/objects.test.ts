import { createPublicKey, hkdfSync, verify } from "node:crypto";
import { KEY_ALGORITHMS } from "@holdfast/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ROUTES } from "./router.ts";
import { type Answer, RestClient } from "./testing/rest-client.ts";
import { startTestRest, type TestRest } from "./testing/start-test-rest.ts";

let rest: TestRest;
let app: RestClient;
beforeAll(async () => {
  rest = await startTestRest();
  const ops = ["all", "get", "wrap", "derive", "import", "alias"] as const;
  app = new RestClient(rest.url, await rest.domain.enrol("app", [{ ops, keys: { kind: "group", id: "default" } }]));
});
afterAll(async () => {
  app.close();
  await rest.close();
});

const b64 = (text: string | Buffer) => Buffer.from(text).toString("base64");
const bytes = (text: string) => Buffer.from(text, "base64");

/** The answer's body, after checking it against what the route promises. */
function checked(routeId: string, { status, json }: Answer) {
  const route = ROUTES.find(({ id }) => id === routeId);
  if (route === undefined || "type" in route.answer) return expect.unreachable();
  expect(status, JSON.stringify(json)).toBe(route.status ?? 200);
  route.answer.read(json, "");
  return json;
}

const make = async (body: object) => checked("createKey", await app.post("/v1/keys", { name: "x", ...body }));
const call = async (key: string, verb: string, body: object) =>
  checked(verb, await app.post(`/v1/keys/${key}/${verb}`, body));
const material = async (key: string) => checked("material", await app.get(`/v1/keys/${key}/material`));

describe("a key of every algorithm", () => {
  // Making RSA keys of every size takes longer than it tells.
  test.each(KEY_ALGORITHMS.filter((each) => !/^RSA-[34]/.test(each)))("%s is made and described", async (algorithm) => {
    const made = await make({ algorithm });
    expect(made).toMatchObject({ algorithm, state: "active" });
    expect(checked("describeKey", await app.get(`/v1/keys/${made.keyId}`))).toMatchObject({ algorithm });
  });
});

describe("a signature", () => {
  test.each(["EC-P256", "EC-P384", "Ed25519", "RSA-2048", "ML-DSA-65"])(
    "of %s holds for its data and no other",
    async (algorithm) => {
      const { keyId, publicKey } = await make({ algorithm });
      const { signature } = await call(keyId, "sign", { data: b64("hello") });
      expect((await call(publicKey, "verify", { data: b64("hello"), signature })).valid).toBe(true);
      expect((await call(publicKey, "verify", { data: b64("other"), signature })).valid).toBe(false);
      expect((await app.post(`/v1/keys/${publicKey}/sign`, { data: b64("x") })).json.code).toBe("E_KEY_USAGE");
    },
  );

  test("is one that others verify with the public key that is handed out", async () => {
    const { keyId, publicKey } = await make({ algorithm: "EC-P256" });
    const { signature } = await call(keyId, "sign", { data: b64("hello") });
    const key = createPublicKey({ key: bytes((await material(publicKey)).material), format: "der", type: "spki" });
    expect(verify("sha256", Buffer.from("hello"), key, bytes(signature))).toBe(true);
  });
});

describe("an authentication code", () => {
  test.each(["HMAC-SHA256", "AES-256"])("of %s holds for its data and no other", async (algorithm) => {
    const { keyId } = await make({ algorithm, usage: ["mac", "verifymac"] });
    const { mac } = await call(keyId, "mac", { data: b64("hello") });
    expect((await call(keyId, "verifymac", { data: b64("hello"), mac })).valid).toBe(true);
    expect((await call(keyId, "verifymac", { data: b64("other"), mac })).valid).toBe(false);
  });
});

describe("material", () => {
  test("leaves only where it may, and is the same when it comes back wrapped", async () => {
    const kept = await make({ algorithm: "AES-256" });
    expect((await app.get(`/v1/keys/${kept.keyId}/material`)).json.code).toBe("E_NOT_EXTRACTABLE");
    const { keyId } = await make({ algorithm: "AES-256", extractable: true });
    const wrapping = await make({ algorithm: "AES-256", usage: ["wrap", "unwrap"] });
    const { wrapped } = await call(wrapping.keyId, "wrap", { toWrap: keyId });
    const again = await call(wrapping.keyId, "unwrap", {
      name: "again",
      algorithm: "AES-256",
      extractable: true,
      wrapped,
    });
    expect((await material(again.keyId)).material).toBe((await material(keyId)).material);
    expect(bytes(wrapped).includes(bytes((await material(keyId)).material))).toBe(false);
  });
});

describe("a key from keys", () => {
  test("is derived as RFC 5869 says", async () => {
    const base = await make({ algorithm: "HMAC-SHA256", usage: ["derive"], extractable: true });
    const made = await call(base.keyId, "derive", {
      name: "d",
      algorithm: "AES-256",
      extractable: true,
      info: b64("orders"),
    });
    const expected = hkdfSync("sha256", bytes((await material(base.keyId)).material), "", "orders", 32);
    expect((await material(made.keyId)).material).toBe(b64(Buffer.from(expected)));
  });

  test("is agreed on by both sides", async () => {
    const [alice, bob] = [await make({ algorithm: "X25519" }), await make({ algorithm: "X25519" })];
    const agreed = async (own: string, other: string) => {
      const peer = (await material(other)).material;
      return call(own, "agree", { name: "a", algorithm: "AES-256", peer });
    };
    const [mine, yours] = [await agreed(alice.keyId, bob.publicKey), await agreed(bob.keyId, alice.publicKey)];
    expect(mine.kcv).toBe(yours.kcv);
  });

  test("is encapsulated and opened", async () => {
    const { keyId, publicKey } = await make({ algorithm: "ML-KEM-768" });
    const sent = await call(publicKey, "encapsulate", { name: "e", algorithm: "AES-256" });
    const got = await call(keyId, "decapsulate", { name: "e", algorithm: "AES-256", ciphertext: sent.ciphertext });
    expect(got.kcv).toBe(sent.key.kcv);
  });
});

test("a key, a pair and a derived key get no name that nobody could see", async () => {
  const { keyId } = await make({ algorithm: "HMAC-SHA256", usage: ["derive"] });
  for (const name of ["  ", "x ", "\u00a0", "\u2800x"])
    for (const [path, body] of [
      ["/v1/keys", { name, algorithm: "AES-256" }],
      ["/v1/keys", { name, algorithm: "Ed25519" }],
      [`/v1/keys/${keyId}/derive`, { name, algorithm: "AES-256" }],
    ] as const) {
      const { status, json } = await app.post(path, body);
      expect([path, name, status, json.code]).toEqual([path, name, 400, "E_INPUT"]);
      expect(json.detail).toContain("without spaces at its ends");
    }
});

test("a refusal after the wait for the disk is a problem document like every other", async () => {
  const { keyId } = await make({ algorithm: "AES-256", extractable: true });
  rest.domain.apply("domain.lock", {});
  const answer = await app.post(`/v1/keys/${keyId}/derive`, { name: "d", algorithm: "AES-256" });
  expect([answer.status, answer.json.code]).toEqual([403, "E_KEY_USAGE"]);
  expect((await app.post("/v1/keys", { name: "x", algorithm: "Ed25519" })).json.code).toBe("E_LOCKED");
  expect((await app.get(`/v1/keys/${keyId}/material`)).status).toBe(200);
  rest.domain.apply("domain.unlock", {});
});
