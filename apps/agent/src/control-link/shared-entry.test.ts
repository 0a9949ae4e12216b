import { decodeBase64url, openEntry, parseEntry, parseIntroduction, replacementKeyName } from "@holdfast/protocol";
import { SoftwareKey } from "@holdfast/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { beginReplacementKey, takeReplacementKey } from "../admin/replacement-key-routes.ts";
import { openTestDomain, type TestDomain } from "../operations/testing/open-test-domain.ts";
import type { GatewayClient } from "./gateway-client.ts";
import { IntroductionUpload } from "./introduction-upload.ts";
import { uploadLog } from "./log-upload.ts";

let domain: TestDomain;
beforeEach(async () => {
  domain = await openTestDomain();
});
afterEach(() => domain.close());

/** A control plane that takes everything and keeps what it was sent. */
async function sent(): Promise<string> {
  const kept: unknown[] = [];
  const gateway = {
    post: async (_path: string, body: unknown) => {
      kept.push(body);
      return { links: 0, size: 0 };
    },
    ask: async (_path: string, body: unknown) => {
      kept.push(body);
      return { status: 200, body: {} };
    },
  } as unknown as GatewayClient;
  await uploadLog(domain, gateway, new AbortController().signal);
  return JSON.stringify(kept);
}

const act = (name: string, args: Record<string, unknown>) =>
  domain.admission.act({ act: name, args, reason: "for the Zurich merger", wait: true });

test("the control plane gets no name and no command's text while administrators keep them from it, and the tree all the same", async () => {
  const key = {
    label: "Zurich payroll",
    algorithm: "AES-256",
    usage: ["encrypt"],
    group: "default",
    extractable: false,
  };
  expect((await act("key.create", { items: [{ ...key, alias: "alias/zurich" }] })).outcome).toBe("applied");
  expect(await sent()).toContain("Zurich payroll");
  expect((await act("domain.set", { share: "hashes" })).outcome).toBe("applied");
  const bytes = await sent();
  const texts = [
    bytes,
    ...(bytes.match(/[A-Za-z0-9_-]{24,}/g) ?? []).map((each) => Buffer.from(each, "base64url").toString("latin1")),
  ];
  expect(texts.filter((text) => /zurich/i.test(text))).toEqual([]);
  const entries = (JSON.parse(bytes) as { entries?: unknown[] }[]).flatMap(({ entries: each = [] }) => each);
  expect(entries).toHaveLength(domain.log.size);
  const opened = entries.map((entry) => openEntry(parseEntry(entry)));
  expect(opened.filter(({ receipt }) => receipt !== null)).toHaveLength(2);
  expect((await act("domain.set", { share: "names" })).outcome).toBe("applied");
  expect(await sent()).toContain("Zurich payroll");
});

/** A replacement key as its holder's page or terminal offers it, taken by this agent. */
async function introduceReplacementKey(label: string): Promise<void> {
  const { invitation, challenge } = beginReplacementKey(domain.agent, domain, { label });
  const key = SoftwareKey.make("EdDSA", label);
  const sig = key.signRaw("recover", decodeBase64url(challenge));
  await takeReplacementKey(domain.agent, domain, { invitation, cose: key.coseText, sig });
}

test("where a replacement key is kept stays with the key server while names do, whenever it was introduced", async () => {
  const uploads: string[] = [];
  const gateway = {
    post: async (_: string, body: unknown) => uploads.push(labelsIn(body)),
  } as unknown as GatewayClient;
  const upload = new IntroductionUpload();
  const send = () => upload.send(domain, gateway, new AbortController().signal);
  await introduceReplacementKey("safe in Bern");
  await send();
  expect(uploads).toEqual(["safe in Bern"]);
  expect((await act("domain.set", { share: "hashes" })).outcome).toBe("applied");
  await introduceReplacementKey("notary in Chur");
  await send();
  expect(uploads.at(-1)).toBe(replacementKeyName({ cose: SoftwareKey.make("EdDSA", "notary in Chur").coseText }));
});

/** The names in introductions as they were sent, which their newcomers' proofs cover. */
function labelsIn(body: unknown): string {
  const { introductions } = body as { introductions: string[] };
  return introductions.map((doc) => parseIntroduction(decodeBase64url(doc)).label).join(", ");
}
