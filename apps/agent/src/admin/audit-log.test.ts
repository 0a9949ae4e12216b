import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newKey, PasskeyAgent } from "../admission/testing/passkey-agent.ts";
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

/** Ways in which what is stored beside an entry can be another's, or gone. */
const BESIDE: readonly (readonly [(row: LeafRow) => Partial<LeafRow>, string])[] = [
  [(row: LeafRow) => ({ opens: row.opens.replace("orders", "orderz") }), "its label is not the one"],
  [() => ({ opens: null as never }), "its label is missing"],
  [() => ({ opens: "{" }), "it cannot be read"],
  [(row: LeafRow) => ({ state: flipped(row.state) }), "its state is not the one"],
  [() => ({ state: null as never }), "its state is missing"],
  [(row: LeafRow) => ({ receipt: row.receipt.replace(/"sig":"../, '"sig":"AA') }), "its receipt does not hold"],
  [() => ({ receipt: null as never, envelope: null as never }), "its receipt is missing"],
  [(row: LeafRow) => ({ receipt: rowOf(row.n - 1).receipt }), "its receipt is of something else"],
  [(row: LeafRow) => ({ envelope: flipped(row.envelope) }), "its approvals are not those"],
  [() => ({ envelope: null as never }), "its approvals are missing"],
];

/** An entry's bytes with another time, readable as before. */
function laterBytes(n: number): Buffer {
  const bytes = Buffer.from(rowOf(n).bytes).toString();
  return Buffer.from(bytes.replace(/"ts":\d/, '"ts":9'));
}

const verify = () => verifyOwnLog(agent.domain);
const flipped = (bytes: Uint8Array) => bytes.map((byte, at) => (at === bytes.length >> 1 ? byte ^ 1 : byte));

describe("audit verify", () => {
  test("verifies what stands beside the leaves too, and says how much", async () => {
    const { size, checks } = await verify();
    expect(size).toBe(agent.domain.log.size);
    expect(checks.slice(-3, -1)).toEqual([
      expect.stringMatching(/: 20 names, 2\d states$/),
      expect.stringMatching(/^20 receipts .* 20 hold their approvals$/),
    ]);
  });

  test.each(BESIDE)("names the entry that what is stored beside it does not fit: %#", async (change, what) => {
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
    await damaged(9, { bytes: laterBytes(9) }, () =>
      expect(verify()).rejects.toMatchObject({ code: "E_LOG_CORRUPT", detail: { entry: 0, to: 15 } }),
    );
    await expectObeys(agent);
  });
});

describe("audit verify, beside the log", () => {
  const stored = (sql: string, ...values: (string | number)[]) => edit((store) => store.prepare(sql).run(...values));

  test("names an entry behind the log's end", async () => {
    stored("INSERT INTO leaf SELECT 1000, bytes, opens, state, receipt, envelope FROM leaf WHERE n = 5");
    await expect(verify()).rejects.toMatchObject({ code: "E_LOG_CORRUPT", detail: { entry: 1000 } });
    stored("DELETE FROM leaf WHERE n = 1000");
    expect((await verify()).checks.at(-1)).toMatch(/^2\d keys, clients and settings that the log names are stored/);
  });

  test.each([
    ["setting", "domain", "the environment"],
    ["key", null, "the key"],
    ["key_version", null, "the key"],
  ])("names what is not stored as the log says: %s", async (table, known, what) => {
    const id =
      known ?? String(edit((store) => store.prepare(`SELECT id FROM ${table} ORDER BY id LIMIT 1`).get())?.["id"]);
    edit((store) => store.exec(`CREATE TABLE aside AS SELECT * FROM ${table} WHERE id = '${id}'`));
    const putBack = () => {
      stored(`DELETE FROM ${table} WHERE id = ?`, id);
      edit((store) => store.exec(`INSERT INTO ${table} SELECT * FROM aside`));
    };
    const name = id.split("/")[0] as string;
    stored(`DELETE FROM ${table} WHERE id = ?`, id);
    await expect(verify()).rejects.toMatchObject({ code: "E_STATE_ROLLBACK" });
    if (known === null) await expect(verify()).rejects.toThrow(`${what} ${name} is not what it says`);
    putBack();
    stored(`UPDATE ${table} SET leaf = 1 WHERE id = ?`, id);
    await expect(verify()).rejects.toMatchObject({ code: "E_STATE_MAC" });
    putBack();
    edit((store) => store.exec("DROP TABLE aside"));
    await verify();
    await expectObeys(agent);
  });
});

describe("audit tail and audit export", () => {
  const read = (from: number, limit: number) => readEntries(agent.domain, from, limit);

  test("refuse by its number an entry that what is stored beside it does not fit", async () => {
    for (const [change, what] of BESIDE) {
      await damaged(9, change(rowOf(9)), () =>
        expect(read(5, 10)).rejects.toThrow(`Entry 9 of the custody log: ${what}`),
      );
    }
    expect((await read(0, agent.domain.log.size)).map(({ n }) => n)).toEqual([...Array(agent.domain.log.size).keys()]);
  });

  test("begin in the middle of what one receipt is of", async () => {
    const { size } = agent.domain.log;
    await agent.apply("key.create", { args: { items: [newKey("one"), newKey("two"), newKey("three")] } });
    expect((await read(size + 1, 2)).map(({ entry }) => entry.receipt)).toEqual([undefined, undefined]);
    await damaged(size, { receipt: null as never, envelope: null as never }, () =>
      expect(read(size + 1, 2)).rejects.toThrow("its receipt is missing"),
    );
  });

  test("refuse an entry that is missing, unreadable or not the one that was signed", async () => {
    await damaged(9, null, () => expect(read(5, 10)).rejects.toThrow(/^Entry 9 .* it is missing/));
    await damaged(9, { bytes: Buffer.from("{}") }, () =>
      expect(read(9, 1)).rejects.toThrow(/^Entry 9 .* it cannot be read/),
    );
    await damaged(9, { bytes: laterBytes(9) }, async () => {
      await expect(read(9, 1)).rejects.toThrow(
        "Entry 9 of the custody log: it, or one beside it, is not as it was signed",
      );
      expect(await read(16, 3)).toHaveLength(3);
    });
    await expectObeys(agent);
  });
});
