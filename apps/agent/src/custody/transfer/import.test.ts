import { generateKeyPairSync, randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { verifyReport } from "@holdfast/custody-report";
import {
  encodeBase64url,
  encodeImportOffer,
  encodeSealedImport,
  parseOfferFile,
  parseSealedImport,
  verifyImportOffer,
} from "@holdfast/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { offerOf } from "../../admin/transfer-routes.ts";
import { withstand } from "../../admission/testing/withstand.ts";
import { openTestDomain, type TestDomain } from "../../operations/testing/open-test-domain.ts";
import { makeReport } from "../../report/make-report.ts";
import { act, bringIn, commit, sealedFor } from "./testing/bring-in.ts";
import { AgentTransfers } from "./transfers.ts";

let domain: TestDomain;
beforeAll(async () => {
  domain = await openTestDomain();
});
afterAll(() => domain.close());

const aes = (): Buffer => randomBytes(32);
const ecKey = (): Buffer =>
  generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "der", type: "pkcs8" });
const files = () => readdirSync(join(domain.dataDirectory, "transfer"));
const keyCount = () => [...domain.keystore.keys()].length;

test.each(["hpke", "rsa-oaep", "rsa-kwp"] as const)(
  "a key sealed by %s comes in as it was said, is known to a former holder, and its one-time key is gone",
  async (form) => {
    const material = aes();
    const expected = Buffer.from(material);
    const alias = `alias/${form}`;
    const answer = await bringIn(
      domain,
      [{ key: { label: form, alias, extractable: true }, versions: [material] }],
      form,
    );
    expect(answer).toMatchObject({ outcome: "applied", keys: [{ label: form, known: true, origin: "registered" }] });
    const id = answer.keys?.[0]?.keyId ?? "";
    const { exportMaterial } = await import("@holdfast/crypto/egress");
    expect(exportMaterial(domain.keystore.handle(id, 1)).equals(expected)).toBe(true);
    expect(material.every((byte) => byte === 0)).toBe(true);
    expect(files()).toEqual([]);
    const rotated = await act(domain, "key.rotate", {}, id);
    expect(rotated.keys?.[0]).toMatchObject({ version: 2, known: false });
  },
);

test("what was sealed is taken in once", async () => {
  const { bytes } = await sealedFor(domain, [{ versions: [aes()] }]);
  await commit(domain, bytes);
  const before = keyCount();
  expect(() => domain.transfers.receive(bytes, "x")).toThrow(expect.objectContaining({ code: "E_PRESTATE" }));
  expect(keyCount()).toBe(before);
});

test("a private key brings its public key along, and both are used", async () => {
  const { keys = [] } = await bringIn(domain, [
    {
      key: { label: "tls", type: "private-key", algorithm: "EC-P256", format: "pkcs8", usage: ["sign", "verify"] },
      versions: [ecKey()],
    },
  ]);
  expect(keys.map(({ usage, extractable, known }) => ({ usage, extractable, known }))).toEqual([
    { usage: ["sign"], extractable: false, known: true },
    { usage: ["verify"], extractable: true, known: false },
  ]);
});

test("a key comes with its past: earlier versions open, the newest protects, and all are known until it is rotated", async () => {
  const versions = [aes(), aes()];
  const answer = await bringIn(domain, [
    { key: { label: "past", versions: [3, 7], foreign: ["vault:transit/past"] }, versions },
  ]);
  const [key] = answer.keys ?? [];
  expect(key).toMatchObject({ version: 7, known: true, foreign: ["vault:transit/past"] });
  expect(key?.versions.map(({ version, state }) => [version, state])).toEqual([
    [3, "deactivated"],
    [7, "active"],
  ]);
  expect(domain.keystore.findKeyByForeignId("vault:transit/past")?.id).toBe(key?.keyId);
  const rotated = await act(domain, "key.rotate", {}, key?.keyId);
  expect(rotated.keys?.[0]).toMatchObject({ version: 8, known: false });
});

/** What to do about a key that allowing an algorithm would not let in, and about one that it would. */
const CORRECT = /^Leave that key out, or correct it or what is said of it/;
const ALLOW = /crypto allow/;
const refusals = [
  ["bytes that are all the same", { versions: [Buffer.alloc(32, 7)] }, "E_IMPORT_WEAK", /all the same/, CORRECT],
  [
    "a key of another size than its algorithm",
    { versions: [randomBytes(16)] },
    "E_IMPORT_WEAK",
    /16 bytes; .* has 32/,
    CORRECT,
  ],
  [
    "RSA of 1024 bits",
    { key: { type: "private-key", algorithm: "RSA-1024", format: "pkcs8", usage: ["sign"] } },
    "E_IMPORT_WEAK",
    /for old data/,
    ALLOW,
  ],
  [
    "an algorithm that there is not",
    { key: { algorithm: "ROT-13" }, versions: [randomBytes(32)] },
    "E_IMPORT_WEAK",
    /allow-list/,
    CORRECT,
  ],
] as const;

test.each(refusals)("of several keys %s refuses all, and the import is over", async (_, bad, code, what, next) => {
  const weak =
    "versions" in bad
      ? bad.versions
      : [generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey.export({ format: "der", type: "pkcs8" })];
  const before = keyCount();
  const good = { versions: [aes()] };
  const { bytes, importId } = await sealedFor(domain, [good, { ...bad, versions: [...weak] } as never]);
  const answer = await act(domain, "import.commit", { sealed: domain.transfers.receive(bytes, "x").reference }).catch(
    (error) => error,
  );
  expect(answer).toMatchObject({ code, what: expect.stringMatching(what), next: expect.stringMatching(next) });
  expect(keyCount()).toBe(before);
  expect(() => domain.transfers.session(importId)).toThrow(expect.objectContaining({ code: "E_PRESTATE" }));
  expect(files()).toEqual([]);
});

test("what is said of a key cannot be changed after it was sealed", async () => {
  const { bytes } = await sealedFor(domain, [{ key: { label: "kept" }, versions: [aes()] }]);
  const sealed = parseSealedImport(bytes);
  const [item] = sealed.items;
  if (item === undefined) return expect.unreachable();
  const changed = encodeSealedImport({ ...sealed, items: [{ ...item, key: { ...item.key, extractable: true } }] });
  const answer = await act(domain, "import.commit", { sealed: domain.transfers.receive(changed, "x").reference }).catch(
    (error) => error,
  );
  expect(answer).toMatchObject({ code: "E_IMPORT_OPEN" });
});

test("row 55: an offer with the control plane's own public key in it is refused before anything is sealed", async () => {
  const { offer, bytes } = await sealedFor(domain, [{ versions: [aes()] }]);
  const honest = offerOf(domain, offer.importId);
  const { x = "", y = "" } = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
  const doc = encodeBase64url(encodeImportOffer({ ...offer, pub: encodeBase64url(point) }));
  const swapped = { ...honest, offer: { ...honest.offer, doc } };
  await expect(verifyImportOffer(parseOfferFile(swapped))).rejects.toMatchObject({ code: "E_SIG" });
  expect(await commit(domain, bytes)).toMatchObject({ outcome: "applied" });
});

test("what else was sealed to an import goes with it, and no command finds it", async () => {
  const before = files();
  const { bytes } = await sealedFor(domain, [{ versions: [aes()] }]);
  const { items, ...rest } = parseSealedImport(bytes);
  const spare = encodeSealedImport({
    ...rest,
    items: items.map((item) => ({ ...item, key: { ...item.key, label: "spare" } })),
  });
  const { reference } = domain.transfers.receive(spare, "x");
  const { importId } = await sealedFor(domain, [{ versions: [aes()] }]);
  expect(await commit(domain, bytes)).toMatchObject({ outcome: "applied" });
  expect(files()).toEqual([...before, `${importId}.import`].sort());
  await expect(act(domain, "import.commit", { sealed: reference })).rejects.toMatchObject({ code: "E_INTRO" });
});

test("row 57: what was sealed for one import does not open as another's, and the other goes on", async () => {
  const [one, other] = [
    await sealedFor(domain, [{ versions: [aes()] }]),
    await sealedFor(domain, [{ versions: [aes()] }]),
  ];
  const before = keyCount();
  const replayed = encodeSealedImport({ ...parseSealedImport(other.bytes), items: parseSealedImport(one.bytes).items });
  const { reference } = domain.transfers.receive(replayed, "x");
  const replay = () => act(domain, "import.commit", { sealed: reference }).catch((error) => error);
  expect(await withstand(domain, "E_IMPORT_OPEN", replay)).toMatchObject({ code: "E_IMPORT_OPEN" });
  expect(keyCount()).toBe(before + 1); // the honest one after it
  expect(await commit(domain, one.bytes)).toMatchObject({ outcome: "applied" });
});

test("rows 56 and 124: keys that this agent was not given itself are taken in by no command", async () => {
  const { offer, bytes } = await sealedFor(domain, [{ versions: [aes()] }]);
  await withstand(domain, null, () =>
    expect(act(domain, "import.commit", { sealed: `intro:${"A".repeat(43)}` })).rejects.toMatchObject({
      code: "E_INTRO",
    }),
  );
  const other = await openTestDomain();
  try {
    const [, elsewhere] = [offer, await sealedFor(other, [{ versions: [aes()] }])];
    expect(() => domain.transfers.receive(elsewhere.bytes, "x")).toThrow(
      expect.objectContaining({ code: "E_PRESTATE" }),
    );
    expect(() => other.transfers.receive(bytes, "x")).toThrow(expect.objectContaining({ code: "E_PRESTATE" }));
    const mixed = { ...offerOf(domain, offer.importId), chain: offerOf(other, elsewhere.importId).chain };
    await expect(verifyImportOffer(parseOfferFile(mixed))).rejects.toMatchObject({ code: "E_SIG" });
  } finally {
    await other.close();
  }
});

test("an alias or a foreign name that somebody has is refused before anything is opened", async () => {
  await bringIn(domain, [{ key: { alias: "alias/taken", foreign: ["vault:kv/taken"] }, versions: [aes()] }]);
  for (const key of [{ alias: "alias/taken" }, { foreign: ["vault:kv/taken"] }]) {
    const { bytes, importId } = await sealedFor(domain, [{ key, versions: [aes()] }]);
    const answer = await act(domain, "import.commit", { sealed: domain.transfers.receive(bytes, "x").reference }).catch(
      (error) => error,
    );
    expect(answer).toMatchObject({ code: "E_PRESTATE" });
    expect(domain.transfers.session(importId).offer.importId).toBe(importId);
  }
});

test("an import that was begun outlives a restart; one whose command never became durable does not", async () => {
  const { importId } = await sealedFor(domain, [{ versions: [aes()] }]);
  const { dataDirectory, tid, aid, keys, keystore, index, executor, guard, introductions } = domain;
  const parts = { dataDirectory, tid, aid, keys, keystore, index, executor, guard, introductions };
  const again = new AgentTransfers(parts);
  expect(again.open().map(({ offer }) => offer.importId)).toContain(importId);
  await again.prepare(
    { act: "import.begin", args: { form: "hpke", most: 1 } } as never,
    "A".repeat(43),
    new Map() as never,
  );
  expect(files()).toContain(`${"A".repeat(43)}.import`);
  new AgentTransfers(parts);
  expect(files()).not.toContain(`${"A".repeat(43)}.import`);
});

test("an auditor follows every import to its key, and sees which are known to a former holder", async () => {
  const { files: made } = await makeReport(domain);
  const bundle = new Uint8Array(Buffer.from(made.at(-1)?.base64 ?? "", "base64"));
  const { facts, content } = await verifyReport(bundle);
  expect(JSON.stringify(content)).toMatch(/keys are known to a former holder: /);
  const past = facts.keys.find(({ state }) => state.known === 7);
  expect(past?.state).toMatchObject({ origin: "registered", current: 8 });
  expect(facts.keys.filter(({ state }) => state.origin === "registered").length).toBeGreaterThan(5);
});

test("a thousand keys come in by one command, and one too many by none", async () => {
  const brought = Array.from({ length: 1000 }, (_, at) => ({ key: { label: `key ${at}` }, versions: [aes()] }));
  const before = keyCount();
  const answer = await bringIn(domain, brought);
  expect(answer).toMatchObject({ outcome: "applied" });
  expect(keyCount()).toBe(before + 1000);
  await expect(act(domain, "import.begin", { form: "hpke", most: 1001 })).rejects.toMatchObject({ code: "E_ARGS" });
});
