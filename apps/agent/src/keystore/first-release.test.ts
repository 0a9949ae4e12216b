import { afterEach, beforeEach, expect, test } from "vitest";
import { keyState } from "../lifecycle/state-document.ts";
import { openTestDomain, type TestDomain } from "../operations/testing/open-test-domain.ts";
import { loadKeystore } from "./load-keystore.ts";
import { decodeBody, encodeBody, sealRow } from "./row.ts";

let domain: TestDomain;
beforeEach(async () => {
  domain = await openTestDomain();
});
afterEach(() => domain.close());

/** What rows of the first release did not say. */
const LATER = [
  "type",
  "bits",
  "origin",
  "names",
  "links",
  "foreign",
  "attributes",
  "salt",
  "limits",
  "sensitive",
  "changedAt",
];

test("a key's row of the first release is read as what it was, and its state document keeps its bytes", () => {
  const { id } = domain.createKey();
  const { store, keys, tid, index } = domain;
  const row = store.findRow("key", id) ?? expect.unreachable();
  const body = decodeBody<Record<string, unknown>>(row);
  for (const name of LATER) delete body[name];
  store.putRow("key", sealRow(keys.root, "key", { ...row, body: encodeBody(body) }));
  const again = loadKeystore({ store, root: keys.root, tid, index });
  expect(again.lockedObjects()).toEqual([]);
  const key = again.findKey(id) ?? expect.unreachable();
  expect(key).toMatchObject({ type: "symmetric-key", algorithm: "AES-256", bits: 256, origin: "made", names: [] });
  expect(again.handle(id, 1).checkValue()).toMatch(/^[0-9A-F]{6}$/);
  const document = JSON.parse(Buffer.from(keyState(tid, key).bytes).toString());
  expect(Object.keys(document)).toEqual([
    ...["algorithm", "current", "dates", "extractable", "group", "id", "kind", "owner", "state", "tid", "typ", "usage"],
    ...["ver", "versions"],
  ]);
});
