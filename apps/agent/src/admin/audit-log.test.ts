import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { expectObeys } from "../admission/testing/withstand.ts";
import { readEntries, verifyOwnLog } from "./audit-log.ts";

let agent: PasskeyAgent;
beforeAll(async () => {
  agent = await PasskeyAgent.found();
  for (let n = 0; n < 20; n += 1) await agent.key(`orders ${n}`);
});
afterAll(() => agent.close());

interface LeafRow {
  n: number;
  bytes: Uint8Array;
  opens: string;
  state: Uint8Array;
  receipt: string;
  envelope: Uint8Array;
}

const COLUMNS = ["n", "bytes", "opens", "state", "receipt", "envelope"] as const;

function edit<T>(work: (store: DatabaseSync) => T): T {
  const store = new DatabaseSync(join(agent.dataDirectory, "agent.db"));
  try {
    return work(store);
  } finally {
    store.close();
  }
}

const rowOf = (n: number) =>
  edit((store) => store.prepare("SELECT * FROM leaf WHERE n = ?").get(n)) as unknown as LeafRow;

/** Damages one entry while it is looked at, and puts it back. `change` null: the whole row is gone. */
async function damaged(n: number, change: Partial<LeafRow> | null, look: () => unknown): Promise<void> {
  const whole = rowOf(n);
  const put = (row: LeafRow) =>
    edit((store) =>
      store
        .prepare(`INSERT OR REPLACE INTO leaf (${COLUMNS.join(", ")}) VALUES (?, ?, ?, ?, ?, ?)`)
        .run(...COLUMNS.map((column) => row[column])),
    );
  if (change === null) edit((store) => store.prepare("DELETE FROM leaf WHERE n = ?").run(n));
  else put({ ...whole, ...change });
  try {
    await look();
  } finally {
    put(whole);
  }
}

const verify = () => verifyOwnLog(agent.domain);
const flipped = (bytes: Uint8Array) => bytes.map((byte, at) => (at === bytes.length >> 1 ? byte ^ 1 : byte));

describe("audit verify", () => {
  test("verifies what stands beside the leaves too, and says how much", async () => {
    const { size, checks } = await verify();
    expect(size).toBe(agent.domain.log.size);
    expect(checks.slice(-2)).toEqual([
      expect.stringMatching(/: 20 names, 2\d states$/),
      expect.stringMatching(/^20 receipts .* 20 hold their approvals$/),
    ]);
  });

  test.each([
    ["names", (row: LeafRow) => ({ opens: row.opens.replace("orders", "orderz") }), "its label is not the one"],
    ["names that are gone", () => ({ opens: null as never }), "its label is missing"],
    ["names that are no JSON", () => ({ opens: "{" }), "it cannot be read"],
    ["a state", (row: LeafRow) => ({ state: flipped(row.state) }), "its state is not the one"],
    ["a state that is gone", () => ({ state: null as never }), "its state is missing"],
    [
      "a receipt",
      (row: LeafRow) => ({ receipt: row.receipt.replace(/"sig":"../, '"sig":"AA') }),
      "its receipt does not hold",
    ],
    ["a receipt that is gone", () => ({ receipt: null as never, envelope: null as never }), "its receipt is missing"],
    [
      "another entry's receipt",
      (row: LeafRow) => ({ receipt: rowOf(row.n - 1).receipt }),
      "its receipt is of something else",
    ],
    ["approvals", (row: LeafRow) => ({ envelope: flipped(row.envelope) }), "its approvals are not those"],
    ["approvals that are gone", () => ({ envelope: null as never }), "its approvals are missing"],
  ])("names the entry that has lost its own: %s", async (_, change, what) => {
    const n = 9;
    await damaged(n, change(rowOf(n)), async () => {
      await expect(verify()).rejects.toMatchObject({ code: "E_LOG_CORRUPT", detail: { entry: n } });
      await expect(verify()).rejects.toThrow(`Entry ${n} of the custody log: ${what}`);
    });
    expect((await verify()).size).toBe(agent.domain.log.size);
  });

  test("names the first of several", async () => {
    await damaged(12, { state: null as never }, () =>
      damaged(7, { opens: null as never }, () => expect(verify()).rejects.toMatchObject({ detail: { entry: 7 } })),
    );
  });

  test("names an entry that is missing or unreadable, and where a changed leaf is as closely as stored nodes tell", async () => {
    await damaged(9, null, () =>
      expect(verify()).rejects.toMatchObject({ code: "E_LOG_CORRUPT", detail: { entry: 9 } }),
    );
    await damaged(9, { bytes: Buffer.from("{") }, () =>
      expect(verify()).rejects.toMatchObject({ code: "E_LOG_CORRUPT", detail: { entry: 9 } }),
    );
    const bytes = Buffer.from(
      Buffer.from(rowOf(9).bytes)
        .toString()
        .replace(/"ts":\d/, '"ts":9'),
    );
    await damaged(9, { bytes }, () =>
      expect(verify()).rejects.toMatchObject({ code: "E_LOG_CORRUPT", detail: { entry: 0, to: 15 } }),
    );
    await expectObeys(agent);
  });
});

describe("audit tail", () => {
  test.each([
    ["is gone", null],
    ["is no entry", { bytes: Buffer.from("{}") }],
    ["has unreadable names", { opens: "{" }],
  ])("refuses by name where an entry %s, and leaves none out", async (_, change) => {
    const { size } = agent.domain.log;
    expect(readEntries(agent.domain, 0, size).map(({ n }) => n)).toEqual([...Array(size).keys()]);
    await damaged(9, change, () => {
      expect(() => readEntries(agent.domain, 5, 10)).toThrow(/^Entry 9 of the custody log: it /);
      expect(readEntries(agent.domain, 10, 5)).toHaveLength(5);
    });
  });
});
