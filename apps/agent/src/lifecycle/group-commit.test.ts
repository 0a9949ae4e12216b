import { expect, test } from "vitest";
import { StoreError } from "../keystore/errors.ts";
import type { Change, ChangeWrite } from "./change.ts";
import { GroupCommit, type Settled } from "./group-commit.ts";

/** A change whose one write is its name. */
function change(name: string, touches: readonly string[] = [], reads: readonly string[] = []): Change<string> {
  const entry = { kind: name, subject: "", actor: { kind: "agent" }, cause: { kind: "host" } } as const;
  return { touches, reads, prepare: () => ({ writes: [{ entry }], result: () => name }) };
}

/** Gathers transactions by the names of their writes; `fails` refuses those that hold this one. */
function recording(fails = "", cause: Error = new StoreError("E_STORE", "The disk is full.")) {
  const transactions: string[][] = [];
  const group = new GroupCommit((writes: readonly ChangeWrite[], settled) => {
    const names = writes.map((write) => (write.effect === undefined ? write.entry.kind : ""));
    if (names.includes(fails)) throw cause;
    transactions.push(names);
    settled();
  });
  return { group, transactions };
}

/** Gathers transactions that are settled when the test says so. */
function slow() {
  const transactions: string[][] = [];
  const settle: Settled[] = [];
  const group = new GroupCommit((writes, settled) => {
    transactions.push(writes.map((write) => (write.effect === undefined ? write.entry.kind : "")));
    settle.push(settled);
  });
  return { group, transactions, settle };
}

const aTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

test("the changes of one turn share a transaction, and none is answered before it", async () => {
  const { group, transactions } = recording();
  const answers = Promise.all(["a", "b", "c"].map((name) => group.submit(change(name))));
  expect(transactions).toEqual([]);
  expect(await answers).toEqual(["a", "b", "c"]);
  expect(transactions).toEqual([["a", "b", "c"]]);
});

test("changes of one thing never share one, and keep their order", async () => {
  const { group, transactions } = recording();
  const one = ["a", "b"].map((name) => group.submit(change(name, ["x"])));
  const other = group.submit(change("c", ["y"]));
  const last = group.submit(change("d", ["x", "y"]));
  await Promise.all([...one, other, last]);
  expect(transactions).toEqual([["a", "c"], ["b"], ["d"]]);
});

test("what only relies on a thing goes with its like, not with a change of it", async () => {
  const { group, transactions } = recording();
  const all = [change("r1", [], ["x"]), change("r2", [], ["x"]), change("w", ["x"]), change("r3", [], ["x"])];
  await Promise.all(all.map((each) => group.submit(each)));
  expect(transactions).toEqual([["r1", "r2"], ["w"], ["r3"]]);
});

test("a change that refuses itself spoils no other", async () => {
  const { group, transactions } = recording();
  const bad: Change<string> = {
    touches: [],
    prepare() {
      throw new TypeError("no");
    },
  };
  const answers = await Promise.allSettled([group.submit(change("a")), group.submit(bad), group.submit(change("b"))]);
  expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(transactions).toEqual([["a", "b"]]);
});

test("a store that does not take the transaction refuses everybody in it, and nobody else", async () => {
  const { group, transactions } = recording("a");
  const together = ["a", "b"].map((name) => group.submit(change(name, name === "b" ? ["x"] : [])));
  const later = group.submit(change("c", ["x"]));
  expect((await Promise.allSettled(together)).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await later).toBe("c");
  expect(transactions).toEqual([["c"]]);
});

test("a change that cannot be written spoils none of those it shares a transaction with", async () => {
  const { group, transactions } = recording("bad", new TypeError("a date that no document has"));
  const answers = await Promise.allSettled(["a", "bad", "b"].map((name) => group.submit(change(name))));
  expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(transactions).toEqual([["a"], ["b"]]);
});

test("a transaction holds so many and no more, so that nobody waits long for others", async () => {
  const { group, transactions } = recording();
  await Promise.all(Array.from({ length: 600 }, (_, at) => group.submit(change(String(at)))));
  expect(transactions.map(({ length }) => length)).toEqual([256, 256, 88]);
});

test("what comes while the disk takes a transaction waits, and goes into the next one together", async () => {
  const { group, transactions, settle } = slow();
  const first = group.submit(change("a"));
  await aTurn();
  const answered: string[] = [];
  const later = ["b", "c"].map((name) => group.submit(change(name)).then((done) => answered.push(done)));
  await aTurn();
  await aTurn();
  expect(transactions).toEqual([["a"]]);
  settle[0]?.();
  expect(await first).toBe("a");
  await aTurn();
  expect(transactions).toEqual([["a"], ["b", "c"]]);
  expect(answered).toEqual([]);
  settle[1]?.();
  await Promise.all(later);
});

test("a disk that fails after the transaction refuses everybody in it, and nobody after it", async () => {
  const { group, settle } = slow();
  const together = Promise.allSettled(["a", "b"].map((name) => group.submit(change(name))));
  await aTurn();
  const later = group.submit(change("c"));
  settle[0]?.(new StoreError("E_STORE"));
  expect((await together).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  await aTurn();
  settle[1]?.();
  expect(await later).toBe("c");
});

test("what still waits is carried out before the end, also behind what the disk has not taken", async () => {
  const { group, transactions } = slow();
  void group.submit(change("before"));
  await aTurn();
  void group.submit(change("after"));
  group.flush();
  expect(transactions).toEqual([["before"], ["after"]]);
});

test("what still waits is carried out before the end", () => {
  const { group, transactions } = recording();
  for (const name of ["a", "b"]) void group.submit(change(name, ["x"]));
  group.flush();
  expect(transactions).toEqual([["a"], ["b"]]);
});
