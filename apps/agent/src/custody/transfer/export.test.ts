import { generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { verifyReport } from "@holdfast/custody-report";
import { decodeBase64url, docHash, parseExport, parseLeaf } from "@holdfast/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ActAnswer } from "../../admin/answers.ts";
import { PasskeyAgent } from "../../admission/testing/passkey-agent.ts";
import { withstand } from "../../admission/testing/withstand.ts";
import type { Domain } from "../../domain.ts";
import { openTestDomain, type TestDomain } from "../../operations/testing/open-test-domain.ts";
import { makeReport } from "../../report/make-report.ts";
import { openExport } from "./open-export.ts";
import { act, bringIn } from "./testing/bring-in.ts";

let domain: TestDomain;
beforeAll(async () => {
  domain = await openTestDomain();
});
afterAll(() => domain.close());

const p256 = () => generateKeyPairSync("ec", { namedCurve: "P-256" });
const pem = (key: KeyObject) =>
  Buffer.from(key.export({ format: "pem", type: key.type === "public" ? "spki" : "pkcs8" }).toString());

async function leaving(label: string, more: object = {}) {
  const material = randomBytes(32);
  const kept = Buffer.from(material);
  const answer = await bringIn(domain, [{ key: { label, extractable: true, ...more }, versions: [material] }]);
  return { id: answer.keys?.[0]?.keyId ?? "", material: kept };
}

function introduce(of: Domain, publicKey: KeyObject) {
  const spki = publicKey.export({ format: "der", type: "spki" }).toString("base64url");
  return { label: "New house", key: of.introductions.take({ kind: "recipient", spki }, "New house", "cli").reference };
}

function exportTo(of: Domain, publicKey: KeyObject, keys: string[], more: object = {}): Promise<ActAnswer> {
  const recipient = introduce(of, publicKey);
  const args = { recipient, form: "hpke", inside: "native", versions: "current", keys, ...more };
  return act(of, "export.wrap", args);
}

const bytesOf = ({ files }: ActAnswer) => Buffer.from(files?.[0]?.base64 ?? "", "base64");

test.each([
  ["hpke", p256()],
  ["rsa-oaep", generateKeyPairSync("rsa", { modulusLength: 2048 })],
  ["rsa-kwp", generateKeyPairSync("rsa", { modulusLength: 2048 })],
] as const)("what leaves by %s is opened by its recipient, byte for byte, and by nobody else", async (form, pair) => {
  const { id, material } = await leaving(`by ${form}`);
  const answer = await exportTo(domain, pair.publicKey, [id], { form });
  const file = parseExport(bytesOf(answer));
  const [opened] = await openExport(file, pem(pair.privateKey));
  expect(opened?.material.equals(material)).toBe(true);
  const other = form === "hpke" ? p256() : generateKeyPairSync("rsa", { modulusLength: 2048 });
  await expect(openExport(file, pem(other.privateKey))).rejects.toMatchObject({ code: "E_EXPORT_OPEN" });
});

test("every version leaves where all are asked for, as JSON Web Keys where those are", async () => {
  const { id, material } = await leaving("many");
  await act(domain, "key.rotate", {}, id);
  const pair = p256();
  const answer = await exportTo(domain, pair.publicKey, [id], { versions: "all", inside: "jwk" });
  const opened = await openExport(parseExport(bytesOf(answer)), pem(pair.privateKey));
  const jwks = opened.map(({ version, material: jwk }) => ({ version, ...JSON.parse(jwk.toString()) }));
  expect(jwks).toMatchObject([
    { version: 1, kty: "oct", k: material.toString("base64url") },
    { version: 2, kty: "oct" },
  ]);
});

test("each key that leaves has an entry with versions, recipient and the export's hash, and the auditor counts it", async () => {
  const keys = [await leaving("one"), await leaving("two")];
  const before = domain.log.size;
  const pair = p256();
  const answer = await exportTo(
    domain,
    pair.publicKey,
    keys.map(({ id }) => id),
  );
  const entries = domain.log.entries(before, 10).map(({ leaf }) => parseLeaf(decodeBase64url(leaf)));
  const data = { export: docHash("export", bytesOf(answer)), form: "hpke", inside: "native", versions: [1] };
  expect(entries).toMatchObject(keys.map(({ id }) => ({ kind: "export.wrap", subject: id, data })));
  const { files } = await makeReport(domain);
  const { facts } = await verifyReport(new Uint8Array(Buffer.from(files.at(-1)?.base64 ?? "", "base64")));
  for (const { id } of keys) expect(facts.keys.find(({ state }) => state.id === id)?.releases).toBe(1);
});

test("row 123: nothing leaves for a recipient that this agent was not given itself, or in a form that its key is not for", async () => {
  const { id } = await leaving("kept back");
  const { publicKey } = p256();
  const unknown = { recipient: { label: "New house", key: `intro:${"A".repeat(43)}` } };
  const size = domain.log.size;
  await withstand(domain, null, () =>
    expect(exportTo(domain, publicKey, [id], unknown)).resolves.toMatchObject({ code: "E_INTRO" }),
  );
  await expect(exportTo(domain, publicKey, [id], { form: "rsa-kwp" })).resolves.toMatchObject({ code: "E_ARGS" });
  const left = domain.log.entries(size, 50).map(({ leaf }) => parseLeaf(decodeBase64url(leaf)).kind);
  expect(left).not.toContain("export.wrap");
});

test("of several keys one that may not leave keeps all here", async () => {
  const { id } = await leaving("may leave");
  const never = domain.createKey({ label: "never leaves" });
  const { publicKey } = p256();
  await expect(exportTo(domain, publicKey, [id, never.id])).resolves.toMatchObject({ code: "E_NOT_EXTRACTABLE" });
  await act(domain, "key.suspend", {}, id);
  await expect(exportTo(domain, publicKey, [id])).resolves.toMatchObject({ code: "E_PRESTATE" });
});

test("in a domain of passkeys an export waits for them, for a day at most", async () => {
  const test = await PasskeyAgent.found();
  try {
    const args = {
      items: [
        { label: "out", algorithm: "AES-256", usage: ["encrypt", "decrypt"], group: "default", extractable: true },
      ],
    };
    await test.apply("key.create", { args });
    const { publicKey } = p256();
    const { domain: of } = test;
    const recipient = introduce(of, publicKey);
    const asked = { recipient, form: "hpke", inside: "native", versions: "current", keys: ["out"] };
    const proposed = test.propose("export.wrap", { args: asked });
    expect(proposed.command.exp - proposed.command.issued).toBe(24 * 3600);
    const waiting = await of.admission.deliver(test.envelope(proposed, []), "mailbox");
    expect(waiting).toMatchObject({ outcome: "pending", have: 0, need: 1 });
    const done = await test.deliver(proposed, 0);
    expect(done).toMatchObject({ outcome: "applied", files: [{ mediaType: "application/json" }] });
  } finally {
    await test.close();
  }
});
