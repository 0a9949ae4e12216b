import { openEntry, parseEntry } from "@holdfast/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestDomain, type TestDomain } from "../operations/testing/open-test-domain.ts";
import type { GatewayClient } from "./gateway-client.ts";
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
