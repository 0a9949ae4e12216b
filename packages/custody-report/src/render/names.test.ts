import { encodeState, type KeyStateDocument, stateHash } from "@holdfast/protocol";
import { applyByAll, PLAIN_KEY, SoftwareLedger, SoftwareReporter } from "@holdfast/testkit";
import { expect, test } from "vitest";
import { verifyBundle } from "../verify/verify-bundle.ts";

const AGENT = { actor: { kind: "agent" }, cause: { kind: "host" } } as const;

/** Two keys of one name: the first is exposed, and the second has a limit of which its key server keeps account. */
async function reportOfTwins() {
  const ledger = SoftwareLedger.found();
  const { domain, log, states } = ledger;
  const { label, group } = PLAIN_KEY;
  const items = [PLAIN_KEY, PLAIN_KEY] as const;
  const [first = "", second = ""] = applyByAll(ledger, domain.propose({ act: "key.create", args: { items } })).ids;
  const target = { kind: "key", keyId: first, label, group } as const;
  applyByAll(ledger, domain.propose({ act: "key.compromise", args: {}, target }));
  const state: KeyStateDocument = {
    ...(states.get(second) as KeyStateDocument),
    id: `k_${"b".repeat(25)}e`,
    limits: { unit: "object", total: 9 },
  };
  const enrol = domain.propose({
    act: "client.enrol",
    args: {
      label: "billing",
      auth: { kind: "issued", validitySec: 86_400 },
      grants: [{ ops: ["create"], keys: { kind: "own" } }],
    },
  });
  const client = applyByAll(ledger, enrol).ids[0] ?? "";
  const limited: KeyStateDocument = { ...state, owner: { kind: "client", id: client } };
  log.append({
    ...{ kind: "key.create", subject: limited.id, state: limited, names: { label } },
    ...{ actor: { kind: "client", id: client }, cause: { kind: "request" } },
  });
  states.set(limited.id, limited);
  const pre = stateHash(encodeState(limited));
  for (const spent of [6, 9, 7]) {
    domain.clock.advance(1);
    log.append({ kind: "key.attributes", subject: limited.id, ...AGENT, pre, state: limited, data: { spent } });
  }
  const { content } = await verifyBundle(await new SoftwareReporter(ledger).bundle());
  const rowsOf = (title: string) =>
    content.tables.find((table) => table.title.startsWith(title))?.rows.map((row) => row.map(({ text }) => text)) ?? [];
  return { first, second, limited: limited.id, label, content, rowsOf };
}

test("a decision on a key names it with the beginning of its identifier, for another may have the same name", async () => {
  const { first, label, rowsOf } = await reportOfTwins();
  const exposed = rowsOf("Decisions").find(([, , what]) => what === "Key marked compromised");
  expect(exposed?.[3]).toBe(`${label} (${first.slice(0, 13)}…)`);
});

test("keys of one name are told apart on page one", async () => {
  const { first, second, label, content } = await reportOfTwins();
  expect(content.attention.find(({ mark }) => mark === "exposed")?.text).toContain(`${label} (${first.slice(0, 13)}…)`);
  const names = content.keys.rows.map(([name]) => name?.text ?? "");
  for (const id of [first, second]) expect(names.filter((name) => name.includes(id.slice(0, 9)))).toHaveLength(1);
});

test("what is on record of key servers and trust is named where its name is known, beside the identifier", async () => {
  const { rowsOf, limited, label } = await reportOfTwins();
  const rows = rowsOf("Key servers and trust").map(([, , what, name, id]) => [what, name, id]);
  expect(rows).toContainEqual(["Part of a key's usage limit taken back unused", label, limited]);
});

test("the account of a usage limit is told as what it is: given out, or taken back", async () => {
  const { rowsOf } = await reportOfTwins();
  const told = rowsOf("Key servers and trust").map(([, , what]) => what ?? "");
  expect(told.filter((what) => what.includes("limit"))).toEqual([
    "Part of a key's usage limit taken back unused",
    "Part of a key's usage limit given out to use",
    "Part of a key's usage limit given out to use",
  ]);
  expect(told).not.toContain("Key's attributes changed");
});
