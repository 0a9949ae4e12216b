import { expect, test } from "vitest";
import { describeExport, describeImport, describeImportBegin } from "./describe-transfer.ts";

const REFERENCE = `intro:${"A".repeat(43)}`;
const KEY = {
  ...({ label: "orders", type: "symmetric-key", algorithm: "AES-256", format: "raw", group: "shop" } as const),
  ...({ usage: ["encrypt", "decrypt"], extractable: false } as const),
};

test("who approves an import reads every key by name, what it may do, and that somebody else may have it", () => {
  const said = { import: "A".repeat(43), sealed: REFERENCE };
  const { title, lines } = describeImport({
    ...said,
    items: [{ ...KEY, versions: [1, 2], foreign: ["vault:transit/orders"] }],
  });
  expect(title).toBe("Take in key orders");
  expect(lines.join("\n")).toContain("known to a former holder until it is rotated");
  expect(lines.at(-1)).toBe(
    "orders: AES-256, to encrypt and decrypt, in group shop. 2 versions. It never leaves again. Elsewhere it is vault:transit/orders.",
  );
  const items = Array.from({ length: 25 }, (_, at) => ({ ...KEY, label: `K${at}`, extractable: at === 24 }));
  const many = describeImport({ ...said, items });
  expect(many.title).toBe("Take in 25 keys");
  expect(many.lines).toHaveLength(26);
  expect(many.lines[1]).toMatch(/^K24: .*It may leave again/);
});

test("who begins an import reads that nothing is taken in yet", () => {
  expect(describeImportBegin({ form: "rsa-kwp", most: 3 }).lines.join(" ")).toContain("Nothing is taken in yet");
});

test("who approves an export of many reads every key, by group, whatever order they were proposed in", () => {
  const keys = Array.from({ length: 1000 }, (_, at) => ({
    ...{ keyId: `k_${String(at).padStart(26, "a")}`, label: `K${1000 + at}`, head: 1 },
    group: at === 700 ? "payments" : "zoo",
  }));
  const recipient = { label: "New house", key: REFERENCE };
  const { lines } = describeExport({ form: "hpke", inside: "native", versions: "current", recipient, keys });
  const [, , first, second] = lines;
  expect([first, second]).toEqual(["K1700, in group payments", "K1000, in group zoo"]);
  expect(new Set(lines.slice(2)).size).toBe(1000);
});

test("who approves an export reads for whom, and that it is for good; it is marked as dangerous", () => {
  const key = { keyId: `k_${"a".repeat(26)}`, label: "orders", group: "shop", head: 1 };
  const recipient = { label: "New house", key: REFERENCE };
  const { title, danger, lines } = describeExport({
    form: "hpke",
    inside: "jwk",
    versions: "all",
    recipient,
    keys: [key],
  });
  expect([title, danger]).toEqual(["Hand key orders out", true]);
  expect(lines).toEqual([
    "The material leaves the key server, wrapped by HPKE for New house: whoever has that private key has it for good.",
    "All versions, as JSON Web Keys, of",
    "orders, in group shop",
  ]);
});
