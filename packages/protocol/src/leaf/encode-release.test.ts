import { expect, test } from "vitest";
import { ProtocolError } from "../errors.ts";
import { encodeRelease } from "./encode-release.ts";
import { encodeLeaf, type Leaf, parseLeaf } from "./leaf.ts";

const id = (prefix: string, letter: string): string => `${prefix}${letter.repeat(25)}a`;
const RELEASE = {
  ...{ typ: "leaf", ver: 1, tid: id("", "t"), aid: id("a_", "g"), n: 7, ts: 1_780_000_000, kind: "release" },
  ...{ subject: id("k_", "k"), actor: { kind: "client", id: id("c_", "c") }, cause: { kind: "request" } },
  data: { version: 1 },
} as unknown as Leaf;

/** The schema's own way: a member that stands there and says nothing makes no release of it. */
const bySchema = (leaf: Leaf): string => Buffer.from(encodeLeaf({ ...leaf, kind: "report" } as Leaf)).toString();

test("a release encoded in one piece is byte for byte what the schema encodes, and reads back", () => {
  for (const change of [{}, { n: 0 }, { data: { version: 12, under: id("k_", "w") } }, { ts: 1 }, { n: 123_456_789 }]) {
    const leaf = { ...RELEASE, ...change } as Leaf;
    const bytes = encodeRelease(leaf);
    expect(Buffer.from(bytes ?? []).toString()).toBe(bySchema(leaf).replace('"report"', '"release"'));
    expect(parseLeaf(bytes ?? new Uint8Array())).toMatchObject(JSON.parse(JSON.stringify(leaf)));
  }
});

test("what is not as a release has to be is left to the schema, which refuses it or encodes it its own way", () => {
  const broken: readonly object[] = [
    { n: -1 },
    { n: 1.5 },
    { ts: Number.NaN },
    { subject: `${id("k_", "k")}","x":"` },
    { tid: "short" },
    { actor: { kind: "client", id: 'c_"' } },
    { actor: { kind: "client", id: id("c_", "c"), more: 1 } },
    { cause: { kind: "request", more: 1 } },
    { more: 1 },
    { ver: 2 },
  ];
  for (const change of broken) {
    const leaf = { ...RELEASE, ...change } as Leaf;
    expect(encodeRelease(leaf)).toBeNull();
    expect(() => encodeLeaf(leaf)).toThrow(ProtocolError);
  }
  for (const change of [{ data: { version: 1, more: "x" } }, { code: "E_GRANT" }, { actor: { kind: "agent" } }]) {
    const leaf = { ...RELEASE, ...change } as Leaf;
    expect(encodeRelease(leaf)).toBeNull();
    expect(parseLeaf(encodeLeaf(leaf))).toMatchObject(change);
  }
});
