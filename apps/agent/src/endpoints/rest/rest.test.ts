import { decodeBase64url, docHash, parseAttest } from "@holdfast/protocol";
import { leafHash, verifyInclusion } from "@holdfast/tlog";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { KeyRecord } from "../../keystore/records.ts";
import { ROUTES } from "./router.ts";
import { type Answer, RestClient } from "./testing/rest-client.ts";
import { startTestRest, type TestRest } from "./testing/start-test-rest.ts";

let rest: TestRest;
let key: KeyRecord;
let app: RestClient;
beforeAll(async () => {
  rest = await startTestRest();
  key = rest.domain.createKey({ label: "orders", alias: "alias/orders/main" });
  const grants = [{ ops: ["all", "alias"] as const, keys: { kind: "group", id: "default" } as const }];
  app = new RestClient(rest.url, await rest.domain.enrol("app", grants));
});
afterAll(async () => {
  app.close();
  await rest.close();
});

const b64 = (text: string) => Buffer.from(text, "utf8").toString("base64");

/** The answer's body, after checking it against what the route promises. */
function checked(routeId: string, { status, json }: Answer) {
  const route = ROUTES.find(({ id }) => id === routeId);
  if (route === undefined || "type" in route.answer) return expect.unreachable();
  expect(status, JSON.stringify(json)).toBe(route.status ?? 200);
  route.answer.read(json, "");
  return json;
}

describe("one request", () => {
  test("encrypts and another decrypts; every answer names key and version", async () => {
    const made = checked(
      "encrypt",
      await app.post(`/v1/keys/${key.id}/encrypt`, { plaintext: b64("only you"), aad: b64("row 7") }),
    );
    expect(made).toMatchObject({ keyId: key.id, version: 1 });
    const opened = checked(
      "decrypt",
      await app.post("/v1/decrypt", { ciphertext: made.ciphertext, aad: b64("row 7") }),
    );
    expect(opened).toEqual({ keyId: key.id, version: 1, plaintext: b64("only you") });
    const refused = await app.post("/v1/decrypt", { ciphertext: made.ciphertext });
    expect([refused.status, refused.json.code]).toEqual([422, "E_DECRYPT"]);
  });

  test("takes and gives bytes as they are", async () => {
    const type = { "content-type": "application/octet-stream", "holdfast-aad": b64("row 7") };
    const plain = Buffer.from([0, 1, 2, 255]);
    const sealed = await app.post(`/v1/keys/${key.id}/encrypt`, plain, type);
    expect(sealed.headers).toMatchObject({
      "content-type": "application/octet-stream",
      "holdfast-key-id": key.id,
      "holdfast-key-version": "1",
    });
    const opened = await app.post("/v1/decrypt", sealed.bytes, type);
    expect(opened.bytes).toEqual(plain);
    expect(opened.headers["holdfast-key-id"]).toBe(key.id);
    const asJson = await app.post("/v1/decrypt", { ciphertext: sealed.bytes.toString("base64"), aad: b64("row 7") });
    expect(asJson.json.plaintext).toBe(plain.toString("base64"));
  });

  test("carries up to 1,000 items, each answered for itself and in order", async () => {
    const items = Array.from({ length: 1000 }, (_, n) => ({ plaintext: b64(String(n)) }));
    const { results } = checked("encrypt", await app.post(`/v1/keys/${key.id}/encrypt`, { items }));
    const sealed = results.map(({ ciphertext }: { ciphertext: string }) => ({ ciphertext }));
    sealed[3] = { ciphertext: b64("no ciphertext of ours, whatever it may be, and long enough to be one") };
    sealed[5] = { ciphertext: "not base64!" };
    const opened = checked("decrypt", await app.post("/v1/decrypt", { items: sealed })).results;
    expect(opened).toHaveLength(1000);
    expect(opened[3].error.code).toBe("E_DECRYPT");
    expect(opened[5].error.code).toBe("E_SCHEMA");
    expect(opened[999]).toEqual({ keyId: key.id, version: 1, plaintext: b64("999") });
    const many = await app.post("/v1/decrypt", { items: [...sealed, sealed[0]] });
    expect([many.status, many.json.code]).toEqual([400, "E_SCHEMA"]);
  });
});

describe("a key", () => {
  test("is made within the grant, listed, described and addressed by alias in both ways", async () => {
    const body = {
      name: "invoices",
      algorithm: "AES-256",
      usage: ["encrypt", "decrypt"],
      alias: "alias/inv/1",
      cryptoperiod: "P90D",
    };
    const answer = await app.post("/v1/keys", body);
    const made = checked("createKey", answer);
    expect(answer.headers.location).toBe(`/v1/keys/${made.keyId}`);
    expect(made).toMatchObject({ name: "invoices", group: "default", state: "active", version: 1, own: true });
    expect(checked("describeKey", await app.get(`/v1/keys/${made.keyId}`))).toEqual(made);
    for (const path of ["/v1/keys/alias/inv/1", "/v1/keys/alias%2Finv%2F1"]) {
      expect((await app.get(path)).json.keyId).toBe(made.keyId);
      const { json } = await app.post(`${path}/encrypt`, { plaintext: b64("x") });
      expect(json.keyId).toBe(made.keyId);
    }
    const listed = checked("listKeys", await app.get("/v1/keys?label=invoices&state=active"));
    expect(listed.keys.map(({ keyId }: { keyId: string }) => keyId)).toEqual([made.keyId]);
    const taken = await app.post("/v1/keys", body);
    expect([taken.status, taken.json.code]).toEqual([409, "E_PRESTATE"]);
  });

  test("has periods that end by themselves as the CLI sets them, and tells their dates", async () => {
    const DAY = 86_400;
    const periods = { cryptoperiod: "P30D", originatorPeriod: "P90D", recipientPeriod: "P365D" };
    for (const algorithm of ["AES-256", "EC-P256"]) {
      const made = checked("createKey", await app.post("/v1/keys", { name: "dated", algorithm, ...periods }));
      const told = checked("describeKey", await app.get(`/v1/keys/${made.publicKey ?? made.keyId}`));
      for (const answer of [made, told]) {
        expect(answer).toMatchObject({
          ...periods,
          rotationDue: made.created + 30 * DAY,
          originatorEnd: made.created + 90 * DAY,
          recipientEnd: made.created + 365 * DAY,
        });
      }
      const late = { cryptoperiod: "P11D", originatorPeriod: "P10D" };
      for (const wrong of [{ recipientPeriod: "P9D" }, { originatorPeriod: "P10D", recipientPeriod: "P9D" }, late]) {
        const refused = await app.post("/v1/keys", { name: "dated", algorithm, ...wrong });
        expect([refused.status, refused.json.code]).toEqual([400, "E_INPUT"]);
      }
    }
  });

  test("begins, stops and ends at planned times and protects so much in all, of each algorithm; and tells of it", async () => {
    const now = Math.floor(Date.now() / 1000);
    const plan = { activation: now + 3600, protectStop: now + 7200, deactivation: now + 9000 };
    for (const algorithm of ["AES-256", "EC-P256"]) {
      const asked = { name: "planned", algorithm, ...plan, limit: { unit: "object", total: 2 } };
      const made = checked("createKey", await app.post("/v1/keys", asked));
      const limit = { ...asked.limit, remaining: 2 };
      expect(made).toMatchObject({ ...plan, limit, state: "pre-active" });
      const told = checked("describeKey", await app.get(`/v1/keys/${made.publicKey ?? made.keyId}`));
      expect(told).toMatchObject({ ...plan, limit, state: "pre-active" });
      const over = [
        { protectStop: now - 60 },
        { activation: now - 3600 },
        { deactivation: now - 60 },
        { activation: now + 9, deactivation: now + 8 },
      ];
      for (const wrong of over) {
        const refused = await app.post("/v1/keys", { name: "planned", algorithm, ...wrong });
        expect([refused.status, refused.json.code], JSON.stringify(wrong)).toEqual([400, "E_INPUT"]);
      }
    }
    const { keyId } = checked(
      "createKey",
      await app.post("/v1/keys", { name: "few", algorithm: "AES-256", limit: { unit: "object", total: 100 } }),
    );
    const left = async () => checked("describeKey", await app.get(`/v1/keys/${keyId}`)).limit;
    const uses = [await left()];
    for (let use = 0; use < 101; use++) {
      const { status, json } = await app.post(`/v1/keys/${keyId}/encrypt`, { plaintext: b64("x") });
      uses.push(json.code ?? status);
      if (use === 0 || use === 100) uses.push(await left());
    }
    const limit = { unit: "object", total: 100 };
    expect(uses).toEqual([
      ...[{ ...limit, remaining: 100 }, 200, { ...limit, remaining: 99 }],
      ...[...Array(99).fill(200), "E_KEY_LIMIT", { ...limit, remaining: 0 }],
    ]);
  });

  test("wraps data keys, in clear to use and encrypted to keep", async () => {
    const made = checked("datakey", await app.post(`/v1/keys/${key.id}/datakey`, { bytes: 32 }));
    expect(Buffer.from(made.plaintext, "base64")).toHaveLength(32);
    expect((await app.post("/v1/decrypt", { ciphertext: made.ciphertext })).json.plaintext).toBe(made.plaintext);
    const kept = checked("datakey", await app.post(`/v1/keys/${key.id}/datakey`, { bytes: 32, plaintext: false }));
    expect(kept.plaintext).toBeUndefined();
  });

  test("hands a ciphertext over to another", async () => {
    const { ciphertext } = (await app.post(`/v1/keys/${key.id}/encrypt`, { plaintext: b64("x"), aad: b64("a") })).json;
    const other = rest.domain.createKey({ label: "other" });
    const moved = checked("reencrypt", await app.post("/v1/reencrypt", { ciphertext, aad: b64("a"), toKey: other.id }));
    expect(moved.keyId).toBe(other.id);
    expect((await app.post("/v1/decrypt", { ciphertext: moved.ciphertext, aad: b64("a") })).json.plaintext).toBe(
      b64("x"),
    );
  });
});

test("random bytes come in the number asked for", async () => {
  const { random } = checked("random", await app.post("/v1/random", { bytes: 100 }));
  expect(Buffer.from(random, "base64")).toHaveLength(100);
});

describe("evidence", () => {
  test("checkpoint and proof fit together", async () => {
    const note = (await app.get("/v1/log/checkpoint")).bytes.toString();
    const [origin, size, root = ""] = note.split("\n");
    expect(origin).toBe(`holdfast/${rest.domain.tid}`);
    const { proof } = checked("proof", await app.get(`/v1/log/proof?size=${size}&leaf=0`));
    const leaf = decodeBase64url(rest.domain.log.entries(0, 1)[0]?.leaf ?? "");
    const claim = { index: 0, size: Number(size), leaf: leafHash(leaf), root: Buffer.from(root, "base64") };
    expect(() => verifyInclusion({ ...claim, proof: proof.map(decodeBase64url) })).not.toThrow();
    checked("proof", await app.get(`/v1/log/proof?size=${size}&from=1`));
    for (const query of [
      "",
      "?size=1",
      "?size=999999&leaf=0",
      "?size=1&leaf=1",
      "?size=1&leaf=0&from=0",
      "?size=-1&leaf=0",
    ])
      expect((await app.get(`/v1/log/proof${query}`)).json.code, query).toBe("E_SCHEMA");
  });

  test("an attestation is bound to its nonce, signed, on record and bounded in number", async () => {
    const nonce = Buffer.alloc(16, 7).toString("base64url");
    const { doc } = checked("attestation", await app.get(`/v1/attestation?nonce=${nonce}`));
    expect(parseAttest(decodeBase64url(doc))).toMatchObject({ nonce, tid: rest.domain.tid });
    expect(docHash("attest", decodeBase64url(doc))).toHaveLength(43);
    const codes = [];
    for (let n = 0; n < 6; n += 1) codes.push((await app.get(`/v1/attestation?nonce=${nonce}`)).json.code);
    expect(codes.at(-1)).toBe("E_RATE");
  });
});

describe("the description of the API", () => {
  test("is there without a client certificate, and describes every route", async () => {
    const nobody = new RestClient(rest.url, { ca: rest.domain.authority.caPem });
    const { status, json } = await nobody.get("/openapi.json");
    nobody.close();
    expect([status, json.openapi]).toEqual([200, "3.1.0"]);
    for (const { path, method, id } of ROUTES) expect(json.paths[path][method.toLowerCase()].operationId).toBe(id);
    expect(json.paths["/v1/random"].post.requestBody.content["application/json"].schema).toEqual({
      type: "object",
      properties: { bytes: { type: "integer", minimum: 1, maximum: 65_536 } },
      required: ["bytes"],
      additionalProperties: false,
    });
  });
});

describe("what is counted", () => {
  test("every use of a key by a client, in the custody log after a roll-up", async () => {
    rest.domain.operations.flushUse();
    const before = rest.domain.keystore.usageOf(key.id)[0]?.count ?? 0;
    await app.post(`/v1/keys/${key.id}/encrypt`, { items: [{ plaintext: "" }, { plaintext: "" }] });
    await app.post(`/v1/keys/${key.id}/encrypt`, { plaintext: "not base64" });
    rest.domain.operations.flushUse();
    expect(rest.domain.keystore.usageOf(key.id)[0]?.count).toBe(before + 2);
  });
});
