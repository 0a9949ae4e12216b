import { parseLeaf } from "@holdfast/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestDomain, type TestDomain } from "../operations/testing/open-test-domain.ts";

let domain: TestDomain;
let release: () => Promise<string>;
beforeEach(async () => {
  domain = await openTestDomain();
  const { operations, keystore } = domain;
  const client = await domain.enrol("app", [{ ops: ["all", "get"], keys: { kind: "own" } }]);
  const caller = { client: keystore.findClient(client.id) ?? expect.unreachable(), from: "127.0.0.1" };
  const { id } = await operations.createObject(caller, { algorithm: "AES-256", usage: ["encrypt"], extractable: true });
  release = async () => {
    const { material } = await operations.getMaterial(caller, { name: id });
    return `${domain.log.size} ${material.length}`;
  };
  await release(); // the first one changes the object
});
afterEach(() => domain.close());

const kinds = (from: number) =>
  domain.log.entries(from, 1000).map(({ leaf }) => parseLeaf(Buffer.from(leaf, "base64url")).kind);
const aTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

test("what the disk has not taken is in no log that anybody reads, and its answer comes with its entry", async () => {
  const { log } = domain;
  const before = log.size;
  const answers = Promise.all([release(), release()]);
  await aTurn(); // the transaction is over, the disk may not have it
  expect(log.size).toBe(before);
  expect(log.entries(before, 10)).toEqual([]);
  expect(await answers).toEqual([`${before + 2} 32`, `${before + 2} 32`]);
  expect(kinds(before)).toEqual(["release", "release"]);
});

test("a change that comes meanwhile is made after them: they are durable and answered first", async () => {
  const { log, executor } = domain;
  const before = log.size;
  const answered: string[] = [];
  const answers = [1, 2, 3].map(() => release().then((size) => answered.push(size)));
  await aTurn();
  executor.lockByHost();
  expect(kinds(before)).toEqual(["release", "release", "release", "domain.lock"]);
  await Promise.all(answers);
  expect(answered).toHaveLength(3);
});

test("what waits at the end is durable and answered before the keys go", async () => {
  const before = domain.log.size;
  const answers = [release(), release()];
  await aTurn();
  const third = release();
  domain.executor.flush();
  expect(kinds(before)).toEqual(["release", "release", "release"]);
  await Promise.all([...answers, third]);
});
