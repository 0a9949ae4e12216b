import { decodeBase64url } from "@holdfast/protocol";
import * as tlog from "@holdfast/tlog";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestDomain, type TestDomain } from "../operations/testing/open-test-domain.ts";
import { readNode } from "./kept-nodes.ts";
import { leafHash, nodeHash } from "./tree-hash.ts";
import { readLog } from "./verify-log.ts";

let domain: TestDomain;
beforeEach(async () => {
  domain = await openTestDomain();
});
afterEach(() => domain.close());

/** Appends entries of use, all in one transaction. */
function append(count: number): void {
  const { id: keyId } = domain.createKey();
  const client = "c_aaaaaaaaaaaaaaaaaaaaaaaaaa";
  const root = "A".repeat(43);
  domain.executor.recordUse(
    Array.from({ length: count }, (_, minute) => ({
      keyId,
      clientId: client,
      minute,
      ops: { encrypt: 1 },
      bytes: 1,
      root,
    })),
  );
}

test("the runtime's hashes are those of the tree", () => {
  for (const size of [0, 1, 63, 64, 300]) {
    const bytes = new Uint8Array(size).fill(size);
    expect(Buffer.from(leafHash(bytes))).toEqual(Buffer.from(tlog.leafHash(bytes)));
  }
  const [left, right] = [tlog.leafHash(Uint8Array.of(1)), tlog.leafHash(Uint8Array.of(2))];
  expect(Buffer.from(nodeHash(left, right))).toEqual(Buffer.from(tlog.nodeHash(left, right)));
});

test("every node of the tree is had though one level in four is stored, and every entry is proved with them", () => {
  append(300);
  const { store, log } = domain;
  const tree = new tlog.MemoryTree();
  for (const { leaf } of log.entries(0, log.size)) tree.append(tlog.leafHash(decodeBase64url(leaf)));
  expect(log.root()).toBe(Buffer.from(tree.root).toString("base64url"));
  for (let level = 0; 2 ** level <= log.size; level += 1)
    for (let index = 0; (index + 1) * 2 ** level <= log.size; index += 1)
      expect(Buffer.from(readNode(store, level, index))).toEqual(Buffer.from(tree.getNode(level, index)));
  const { rows } = store.database.prepare("SELECT count(*) AS rows FROM node").get() as { rows: number };
  expect(rows).toBe(Math.floor(log.size / 16) + Math.floor(log.size / 256));
  for (let index = 0; index < log.size; index += 7) {
    const leaf = tlog.leafHash(decodeBase64url(log.entries(index, 1)[0]?.leaf ?? ""));
    const proof = log.inclusion(index, log.size).map(decodeBase64url);
    tlog.verifyInclusion({ index, size: log.size, leaf, root: tree.root, proof });
  }
});

test("a store of the first release, which has every node, goes on as it is", () => {
  append(40);
  const { store, log } = domain;
  for (let level = 0; 2 ** level <= log.size; level += 1)
    for (let index = 0; (index + 1) * 2 ** level <= log.size; index += 1)
      if (store.findNode(level, index) === null) store.putNode(level, index, readNode(store, level, index));
  append(40);
  const tree = new tlog.MemoryTree();
  for (const { leaf } of log.entries(0, log.size)) tree.append(tlog.leafHash(decodeBase64url(leaf)));
  expect(log.root()).toBe(Buffer.from(tree.root).toString("base64url"));
});

test("a log that is not the signed one is read again strictly, and what does not parse says nothing", async () => {
  append(20);
  const { store, log, tid, keys } = domain;
  const alk = keys.alk.publicKey.raw;
  const seen = () => {
    const kinds: string[] = [];
    return { kinds, note: ({ kind }: { kind: string }) => void kinds.push(kind) };
  };
  const yardstick = { tid, alk, storedHead: log.head, checkpoint: log.noteAt(log.size) };
  const whole = await readLog(store, yardstick, seen);
  expect(whole).toMatchObject({ problem: null, head: { size: log.size } });
  store.database.exec(
    "UPDATE leaf SET bytes = CAST(replace(CAST(bytes AS TEXT), '\"use\"', '\"usa\"') AS BLOB) WHERE n = 9",
  );
  const changed = await readLog(store, yardstick, seen);
  expect(changed.problem).toBe("E_LOG_CORRUPT");
  expect(changed.reader.kinds).toEqual(whole.reader.kinds.toSpliced(9, 1));
});
