import { inflateSync } from "node:zlib";
import { verifyReport } from "@holdfast/custody-report";
import { wordsOf } from "@holdfast/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newKey, PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { makeReport } from "./make-report.ts";

/** Names as applications could choose them, each in a form that some reader would obey. */
const NAMES = [
  "<script>alert(1)</script>",
  ") Tj ET /OpenAction << /S /JavaScript /JS (app.alert(1)) >> (",
  "\\) endstream endobj 9999 0 obj << /S /Launch >> endobj",
  '"}],"admins":[{"adm":"me',
  "=cmd|' /C calc'!A0",
  "%PDF-1.7 trailer << /Root 1 0 R >>",
];

let agent: PasskeyAgent;
let pdf: Buffer;
let bundle: Buffer;
beforeAll(async () => {
  agent = await PasskeyAgent.found();
  const grants = [{ ops: ["create", "encrypt"], keys: { kind: "own" } }];
  const args = { label: NAMES[0] ?? "", auth: { kind: "issued", validitySec: 86_400 }, grants };
  await agent.apply("client.enrol", { args });
  const { keystore, operations } = agent.domain;
  const [client = expect.unreachable()] = keystore.clients();
  await agent.apply("key.create", { args: { items: NAMES.map(newKey) } });
  for (const label of NAMES) operations.createKey({ client, from: "127.0.0.1" }, newKey(label));
  const { files } = await makeReport(agent.domain);
  [pdf, bundle] = files.map(({ base64 }) => Buffer.from(base64, "base64")) as [Buffer, Buffer];
});
afterAll(() => agent.close());

/** The decompressed streams of a PDF. */
function streamsOf(bytes: Buffer): string[] {
  const text = bytes.toString("latin1");
  return [...text.matchAll(/\/FlateDecode[^>]*>>\s*stream\r?\n/g)].flatMap(({ index, 0: head }) => {
    const start = index + head.length;
    const end = text.indexOf("endstream", start);
    try {
      return [inflateSync(bytes.subarray(start, end), { finishFlush: 2 }).toString("latin1")];
    } catch {
      return [];
    }
  });
}

test("row 155: markup in names is text in the report: the PDF has no action, no link and no other text operator for it", () => {
  const streams = streamsOf(pdf);
  const drawn = streams.filter((stream) => /\bBT\b/.test(stream));
  expect(drawn.length).toBeGreaterThan(0);
  for (const stream of drawn)
    for (const [, operand = ""] of stream.matchAll(/(\S+)\s+Tj\b/g)) expect(operand).toMatch(/^<[0-9A-Fa-f]*>$/);
  const objects = pdf.toString("latin1").replace(/stream\r?\n[\s\S]*?endstream/g, "");
  expect(objects).not.toContain("/ObjStm"); // there are no other objects than these
  for (const word of ["/JavaScript", "/JS", "/OpenAction", "/AA", "/Launch", "/URI", "/SubmitForm", "9999 0 obj"])
    expect(objects.includes(word), word).toBe(false);
});

test("row 155: and both forms of the report verify, the drawn text too, with the names as they are", async () => {
  const words = wordsOf(agent.domain.tid).join(" ");
  for (const bytes of [pdf, bundle]) {
    const { facts } = await verifyReport(new Uint8Array(bytes), { words });
    const labels = facts.keys.map(({ label }) => label);
    for (const name of NAMES) expect(labels.filter((label) => label === name)).toHaveLength(2);
  }
});
