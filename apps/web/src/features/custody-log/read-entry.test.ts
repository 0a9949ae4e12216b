import { encodeBase64url, encodeLeaf, type Leaf } from "@holdfast/protocol";
import { livedLedger } from "@holdfast/testkit";
import { expect, test } from "vitest";
import { byText, readEntry } from "./read-entry.ts";

const { domain } = livedLedger();
const CLIENT = `c_${"a".repeat(26)}`;

function read(change: Pick<Leaf, "kind" | "actor" | "cause">, data?: Leaf["data"]) {
  const base = { typ: "leaf", ver: 1, tid: domain.tid, aid: domain.agent.aid, n: 1, ts: 1_900_000_000 } as const;
  const leaf = { ...base, subject: `k_${"a".repeat(26)}`, ...change, ...(data === undefined ? {} : { data }) };
  const entry = readEntry({ n: 1, leaf: encodeBase64url(encodeLeaf(leaf)) });
  if (entry === null) throw new TypeError("the leaf is not read");
  return entry;
}

const byClient = { actor: { kind: "client", id: CLIENT }, cause: { kind: "request" } } as const;

test("a client's own steps are told in words, with its name where it is known", () => {
  const activated = read({ kind: "key.activate", ...byClient });
  expect(`${activated.title} ${byText(activated, "mongod-orders")}`).toBe("key activated by client mongod-orders");
  expect(byText(activated, null)).toBe("by client c_aaaaaa…");
  const released = read({ kind: "release", ...byClient });
  expect(`${released.title} ${byText(released, "db-07")}`).toBe("key handed out to client db-07");
});

test("a step that a planned date took is told as that", () => {
  const retired = read({ kind: "key.deactivate", actor: { kind: "agent" }, cause: { kind: "host" } });
  expect(`${retired.title} ${byText(retired, null)}`).toBe("key retired on its planned date by the key server");
});

test("a change that a restored key server learnt is told as one from before the restore", () => {
  const by = { actor: { kind: "agent" }, cause: { kind: "host" } } as const;
  expect(read({ kind: "roster", ...by }, { seq: 1, learnt: {} }).title).toBe(
    "change of administrators from before, learnt after a restore",
  );
  expect(read({ kind: "roster", ...by }, { seq: 1 }).title).toBe("administrators changed");
});

test("uses are counted in words", () => {
  const data = { minute: 1, ops: { verifymac: 2 }, bytes: 0, root: "A".repeat(43) };
  expect(read({ kind: "use", ...byClient }, data).title).toBe("used: 2 MAC check in a minute");
});
