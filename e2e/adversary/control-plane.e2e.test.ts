import { randomBytes } from "node:crypto";
import {
  type ArgsOf,
  approveChallenge,
  type BuiltCommand,
  buildCommand,
  type Command,
  commandHash,
  decodeBase64url,
  type Expected,
  encodeBase64url,
  encodeCommand,
  encodeLeaf,
  parseLeaf,
  type SupportedAct,
  type TargetOf,
} from "@holdfast/protocol";
import { SoftwareDomain } from "@holdfast/testkit";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assertionIn } from "../support/assertion-in.ts";
import { openBrowser } from "../support/chromium.ts";
import { type Alteration, DatabaseOwner } from "../support/database-owner.ts";
import { approve, type Founded, foundEnvironment, signUp } from "../support/first-run.ts";
import { KeyServer } from "../support/key-server.ts";
import { Person } from "../support/person.ts";
import { type Product, startProduct } from "../support/product.ts";
import { callPage } from "../support/raw-page-call.ts";

let product: Product;
let browser: { browser: Browser; close: () => Promise<void> };
let person: Person;
let founded: Founded;
let keyServer: KeyServer;
let database: DatabaseOwner;
/** Tenant and environment, as the dashboard's addresses have them. */
let scope: [string, string];
let keys: { first: string; second: string };

beforeAll(async () => {
  product = await startProduct();
  browser = await openBrowser();
  person = await Person.arrive(browser.browser);
  await product.waitFor(/Ctrl-C stops everything/);
  keyServer = new KeyServer(product);
  founded = await foundEnvironment(person, product);
  scope = new URL(founded.place).pathname.split("/").slice(1, 3) as [string, string];
  database = await DatabaseOwner.connect(product);
});

afterAll(async () => {
  await database?.close();
  await person?.leave();
  await browser?.close();
  await product?.stop();
});

const newKey = (label: string): ArgsOf<"key.create"> => ({
  items: [{ label, algorithm: "AES-256", usage: ["encrypt", "decrypt"], group: "default", extractable: false }],
});

async function makeKey(label: string): Promise<string> {
  const { approveUrl } = await keyServer.propose({ act: "key.create", args: { ...newKey(label) } });
  await person.close(await approve(person, approveUrl ?? ""));
  const { size } = await keyServer.standing();
  await expect.poll(async () => (await rowsOf("log_entry")).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(size);
  return (await keyServer.keys()).find((key) => key.label === label)?.keyId ?? "";
}

const rowsOf = (table: string) => database.query<Record<string, unknown>>(`select * from app.${table}`);

/** What the control plane can make of all it knows. */
async function build<A extends SupportedAct>(
  act: A,
  args: ArgsOf<A>,
  more: { tid?: string; target?: TargetOf<A>; expect?: Expected } = {},
): Promise<BuiltCommand> {
  const { tid, roster } = await keyServer.status();
  const now = Math.floor(Date.now() / 1000);
  if (!roster) throw new TypeError("No roster.");
  return buildCommand({ tid: tid ?? "", act, args, roster, now, ttlSec: 3600, ...more });
}

function changed({ command }: BuiltCommand, change: (command: Command) => Command): BuiltCommand {
  const bytes = encodeCommand(change(command));
  return { bytes, doc: encodeBase64url(bytes), hash: commandHash(bytes), command: change(command) };
}

/** Puts a command into the mailbox past everything that the dashboard checks. */
async function insert(hash: string, doc: string): Promise<void> {
  const sql =
    "insert into app.command (tenant_id, environment_id, hash, doc, act, issued, exp) values ($1, $2, $3, $4, $5, $6, $7)";
  const now = Math.floor(Date.now() / 1000);
  await database.query(sql, [...scope, hash, doc, "key.create", now, now + 3600]);
  await database.wakeMailbox(...scope);
}

const commandRow = async (hash: string) => {
  const [row] = await database.query<{ status: string; code: string | null; delivered_at: Date | null }>(
    "select status, code, delivered_at from app.command where hash = $1",
    [hash],
  );
  return row;
};

const waiting = async () => {
  const { commands } = await keyServer.admin.get<{ commands: { hash: string }[] }>("/v1/commands");
  return commands.map(({ hash }) => hash);
};

describe("a control plane that is honest so far", () => {
  it("has an environment whose words were compared, with two keys that a passkey approved", async () => {
    keys = { first: await makeKey("orders-db"), second: await makeKey("payroll-db") };
    expect(Object.values(keys)).toEqual([expect.stringMatching(/^k_/), expect.stringMatching(/^k_/)]);
  });
});

describe("a mailbox that lies", () => {
  it("delivers changed bytes under an honest name, and they are shown as what they are, nowhere as what they were", async () => {
    const before = await keyServer.standing();
    const honest = await build("key.create", newKey("honest"));
    const evil = changed(honest, (command) => ({ ...command, args: newKey("evil") }) as Command);
    await insert(honest.hash, evil.doc);
    await expect.poll(waiting, { timeout: 20_000 }).toContain(evil.hash);
    expect(await waiting()).not.toContain(honest.hash);
    await founded.dashboard.goto(`${founded.place}/approvals/${honest.hash}`);
    await founded.dashboard.getByText("The bytes of this request do not fit its name.").waitFor();
    const page = await person.open(`${product.pageOrigin}/approve#${honest.hash}`);
    await page.getByText("Your key server does not know this request.").waitFor();
    expect(await page.getByRole("button", { name: /^Approve/ }).count()).toBe(0);
    await person.close(page);
    expect(await keyServer.standing()).toEqual(before);
  });

  it("delivers a command of another environment, which is refused E_TENANT in the agent and on the dashboard", async () => {
    const before = await keyServer.standing();
    const counted = await keyServer.refusals("E_TENANT");
    const foreign = await build("key.create", newKey("foreign"), { tid: SoftwareDomain.found().tid });
    await insert(foreign.hash, foreign.doc);
    await expect
      .poll(() => commandRow(foreign.hash), { timeout: 20_000 })
      .toMatchObject({ status: "refused", code: "E_TENANT" });
    expect(await keyServer.refusals("E_TENANT")).toBe(counted + 1);
    expect(await waiting()).not.toContain(foreign.hash);
    expect(await keyServer.standing()).toEqual(before);
  });

  it.each([
    ["no command at all", () => Buffer.from("{}"), "E_UNSUPPORTED"],
    ["another spelling of one", (bytes: Uint8Array) => Buffer.from(` ${Buffer.from(bytes).toString()}`), "E_CANON"],
    [
      "one with a member that nobody knows",
      (bytes: Uint8Array) => Buffer.from(Buffer.from(bytes).toString().replace(/}$/, ',"zeal":1}')),
      "E_SCHEMA",
    ],
    [
      "an act that does not exist",
      (bytes: Uint8Array) => Buffer.from(Buffer.from(bytes).toString().replace("key.create", "key.export")),
      "E_UNSUPPORTED",
    ],
  ] as const)("delivers %s, which is refused by its code", async (_, change, code) => {
    const before = await keyServer.standing();
    const { bytes } = await build("key.create", newKey("odd"));
    const hash = encodeBase64url(randomBytes(32));
    await insert(hash, encodeBase64url(change(bytes)));
    await expect.poll(() => commandRow(hash), { timeout: 20_000 }).toMatchObject({ status: "refused", code });
    expect(await keyServer.standing()).toEqual(before);
  });

  it("row 130: swaps the names of two keys: the page offers no approval, and a passkey's signature over it is refused E_PRESTATE on record", async () => {
    const before = await keyServer.standing();
    const target = { kind: "key", keyId: keys.first, label: "payroll-db", group: "default" } as const;
    const [row] = await database.query<{ head: string }>("select head_leaf as head from app.key where id = $1", [
      keys.first,
    ]);
    const expected = { head: Number(row?.head), state: "active", version: 1 } as const;
    const swapped = await build("key.rotate", {}, { target, expect: expected });
    await insert(swapped.hash, swapped.doc);
    await expect.poll(waiting, { timeout: 20_000 }).toContain(swapped.hash);
    const page = await person.open(`${product.pageOrigin}/approve#${swapped.hash}`);
    await page.getByText("E_PRESTATE").waitFor();
    await page.getByRole("button", { name: /^Reject/, disabled: false }).waitFor();
    expect(await page.getByRole("button", { name: /^Approve/ }).isEnabled()).toBe(false);
    const made = await assertionIn(page, "agent.localhost", approveChallenge(1, [swapped.hash]));
    await person.close(page);
    const approval = { decision: 1, list: [swapped.hash], ...made };
    const body = { approval, handover: { secretHash: encodeBase64url(randomBytes(32)) } };
    const answer = await callPage(product, { path: "/page/approve", body });
    expect(answer.body.results).toMatchObject([{ outcome: "refused", code: "E_PRESTATE" }]);
    expect(await keyServer.entriesFrom(before.size)).toMatchObject([{ kind: "command.refused", code: "E_PRESTATE" }]);
    expect((await keyServer.keys()).map(({ state }) => state)).toEqual(["active", "active"]);
  });

  it("brings back what was withdrawn and what was applied, and nothing happens twice or without a passkey", async () => {
    const once = await build("key.create", newKey("once"));
    await insert(once.hash, once.doc);
    await expect.poll(waiting, { timeout: 20_000 }).toContain(once.hash);
    await database.query("update app.command set status = 'withdrawn' where hash = $1", [once.hash]);
    const before = await keyServer.standing();
    await database.query("update app.command set status = 'open', delivered_at = null where hash = $1", [once.hash]);
    await insert(encodeBase64url(randomBytes(32)), once.doc);
    await person.close(await approve(person, `${product.pageOrigin}/approve#${once.hash}`));
    const after = await keyServer.standing();
    expect(after).toMatchObject({ keys: before.keys + 1, size: before.size + 1 });
    await expect.poll(() => commandRow(once.hash), { timeout: 20_000 }).toMatchObject({ status: "applied" });
    await database.query("update app.command set status = 'open', entry = null where hash = $1", [once.hash]);
    const replayed = encodeBase64url(randomBytes(32));
    await insert(replayed, once.doc);
    await expect.poll(() => commandRow(once.hash), { timeout: 20_000 }).toMatchObject({ status: "applied" });
    expect(await keyServer.standing()).toEqual(after);
  });

  it("is no hindrance: an honest proposal of the dashboard is delivered, approved and applied afterwards", async () => {
    const { dashboard, place } = founded;
    await dashboard.goto(`${place}/keys/new`);
    await dashboard.getByLabel("Name", { exact: true }).fill("after all");
    await dashboard.getByRole("button", { name: "Show the exact request" }).click();
    await dashboard.getByRole("button", { name: "Propose", exact: true }).click();
    const url = await dashboard.getByRole("link", { name: /Approve on your key server/ }).getAttribute("href");
    const hash = new URL(url ?? "").hash.slice(1);
    await expect.poll(waiting, { timeout: 20_000 }).toContain(hash);
    await person.close(await approve(person, url ?? ""));
    expect((await keyServer.keys()).map(({ label }) => label)).toContain("after all");
  });
});

describe("a database that lies about the past", () => {
  const header = () =>
    founded.dashboard
      .locator("main div")
      .filter({ has: founded.dashboard.locator("h1") })
      .last();

  async function openKey(keyId: string): Promise<void> {
    await founded.dashboard.goto(`${founded.place}/keys/${keyId}`);
    await founded.dashboard.getByRole("heading", { level: 1 }).waitFor();
  }

  async function expectChecked(): Promise<void> {
    await openKey(keys.first);
    await header().getByText("checked", { exact: true }).waitFor();
    expect(await founded.dashboard.getByText("does not verify").count()).toBe(0);
  }

  /** The entry that made the first key, as it is in the database. */
  async function birth(): Promise<{ n: string; leaf: string; state: string; receipt: { doc: string } }> {
    const [row] = await database.query<{ n: string; leaf: string; state: string; receipt: { doc: string } }>(
      "select n::text, leaf, state, receipt from app.log_entry where kind = 'key.create' and subject = $1",
      [keys.first],
    );
    if (!row) throw new TypeError("The key's entry is not there.");
    return row;
  }

  const another = (column: string) =>
    `(select ${column} from app.log_entry where kind = 'key.create' and subject = '${keys.second}')`;

  it("is believed in nothing: what it shows honestly is checked by the browser", expectChecked);

  it.each<[string, () => Promise<Alteration>]>([
    [
      "another time in the log entry",
      async () => {
        const { n, leaf } = await birth();
        const forged = parseLeaf(decodeBase64url(leaf));
        const text = encodeBase64url(encodeLeaf({ ...forged, ts: forged.ts - 86_400 }));
        return { table: "log_entry", where: `n = ${n}`, set: `leaf = '${text}'` };
      },
    ],
    [
      "another name in the log entry",
      async () => ({
        table: "log_entry",
        where: `n = ${(await birth()).n}`,
        set: `opens = jsonb_set(opens, '{label,value}', '"payroll-db"')`,
      }),
    ],
    [
      "another key's state in the log entry",
      async () => ({ table: "log_entry", where: `n = ${(await birth()).n}`, set: `state = ${another("state")}` }),
    ],
    [
      "another command's receipt in the log entry",
      async () => ({ table: "log_entry", where: `n = ${(await birth()).n}`, set: `receipt = ${another("receipt")}` }),
    ],
    [
      "the whole log entry of another key",
      async () => ({
        table: "log_entry",
        where: `n = ${(await birth()).n}`,
        set: `(leaf, opens, state, receipt) = ${another("leaf, opens, state, receipt")}`,
      }),
    ],
    [
      "another name in its list of keys",
      async () => ({ table: "key", where: `id = '${keys.first}'`, set: "label = 'payroll-db'" }),
    ],
    [
      "another state in its list of keys",
      async () => ({ table: "key", where: `id = '${keys.first}'`, set: "state = 'suspended'" }),
    ],
    [
      "that the key may be handed out",
      async () => ({ table: "key", where: `id = '${keys.first}'`, set: "is_extractable = true" }),
    ],
    [
      "another commitment of the key's material",
      async () => ({ table: "key_version", where: `key_id = '${keys.first}'`, set: "commit = repeat('A', 43)" }),
    ],
  ])("shows an alarm on the key and never the word checked, where it says %s", async (_, alteration) => {
    await database.altered(await alteration(), async () => {
      await openKey(keys.first);
      await header().getByText("does not verify").waitFor();
      expect(
        await header()
          .getByText(/^checked/)
          .count(),
      ).toBe(0);
    });
    await expectChecked();
  });

  it.each<[string, Alteration, RegExp]>([
    [
      "administrators with another name",
      {
        table: "roster_link",
        where: "seq = 0",
        set: `link = jsonb_set(link, '{doc}', to_jsonb(overlay(link->>'doc' placing 'AAAA' from 200 for 4)))`,
      },
      /^[EVP]_/,
    ],
    [
      "administrators whose possession was proved by nobody",
      { table: "roster_link", where: "seq = 0", set: `link = jsonb_set(link, '{possession}', '[]')` },
      /^[EVP]_/,
    ],
    [
      "a head of the log that nobody signed",
      {
        table: "checkpoint",
        where: "true",
        set: "note = regexp_replace(note, E'\\n[A-Za-z0-9+/=]{44}\\n', E'\\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\\n')",
      },
      /^V_/,
    ],
    ["a log that is gone", { table: "checkpoint", where: "true", set: null }, /^P_ROLLBACK$/],
    [
      "yesterday's log",
      { table: "checkpoint", where: "size > (select min(size) from app.checkpoint)", set: null },
      /^(V_STALE|P_ROLLBACK)$/,
    ],
  ])(
    "row 71: shows an alarm on every page and nowhere the word checked, where it has %s",
    async (_, alteration, code) => {
      await database.altered(alteration, async () => {
        for (const path of ["", "/log", `/keys/${keys.first}`]) {
          await founded.dashboard.goto(`${founded.place}${path}`);
          const alarm = founded.dashboard.getByRole("alert").filter({ hasText: "Approve nothing from this page" });
          await alarm.getByText(code).waitFor();
          expect(await founded.dashboard.getByText(/^(done, )?checked/).count()).toBe(0);
        }
      });
      await expectChecked();
    },
  );
});

/** Goes to a page as people do, without loading the dashboard anew. */
async function goTo(page: string, path: string): Promise<void> {
  await founded.dashboard.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: page }).click();
  await founded.dashboard.waitForURL(`${founded.place}${path}`);
}

/** What every page says above all else of something that waits its delay and that the record hides, with the way to it. */
async function expectAlarm(hash: string): Promise<void> {
  const alarm = founded.dashboard.getByRole("alert").filter({ hasText: "Approve nothing from this page" });
  await alarm.getByText("The dashboard's record does not agree with the custody log.").waitFor();
  await alarm.getByText("P_OUTCOME").waitFor();
  const link = alarm.getByRole("link", { name: "See it on your key server" });
  expect(await link.getAttribute("href")).toBe(`${product.pageOrigin}/approve#${hash}`);
}

describe("a database that hides a destruction that waits its delay", () => {
  let doomed: { hash: string; keyId: string };

  it("is honest so far: an approved destruction waits its delay", async () => {
    const key = "doomed";
    const keyId = await makeKey(key);
    const retire = await keyServer.propose({ act: "key.deactivate", key, args: {} });
    await person.close(await approve(person, retire.approveUrl ?? ""));
    const destroy = await keyServer.propose({ act: "key.destroy", key, args: {} });
    await person.close(await approve(person, destroy.approveUrl ?? ""));
    doomed = { hash: new URL(destroy.approveUrl ?? "").hash.slice(1), keyId };
    await expect.poll(() => commandRow(doomed.hash), { timeout: 20_000 }).toMatchObject({ status: "scheduled" });
  });

  it.each([
    ["stopped", "status = 'cancelled', code = 'E_CANCELLED'"],
    ["done, by the entry of something else", "status = 'applied', entry = 0"],
    ["still waiting for approvals", "status = 'open', entry = null"],
  ])("rows 61 and 71: raises an alarm on every page and never the word checked, where it says %s", async (_, set) => {
    const { dashboard, place } = founded;
    const where = `hash = '${doomed.hash}'`;
    await database.altered({ table: "command", where, set }, async () => {
      await dashboard.goto(`${place}/approvals/${doomed.hash}`);
      await expectAlarm(doomed.hash);
      await dashboard.getByText("not what the custody log says").first().waitFor();
      expect(await dashboard.getByText(/^(done, )?checked|An administrator stopped it/).count()).toBe(0);
      for (const [page, path] of [
        ["Approvals", "/approvals"],
        ["Overview", ""],
        ["Keys", "/keys"],
      ] as const) {
        await goTo(page, path);
        await expectAlarm(doomed.hash);
      }
      await dashboard.getByRole("link", { name: "doomed" }).first().click();
      await dashboard.getByRole("heading", { level: 1, name: "doomed" }).waitFor();
      await expectAlarm(doomed.hash);
    });
    await dashboard.goto(`${place}/approvals/${doomed.hash}`);
    await dashboard.getByText("approved, waits its delay").waitFor();
    await dashboard.getByText("checked", { exact: true }).first().waitFor();
    expect(await dashboard.getByText("does not agree with the custody log").count()).toBe(0);
  });
});

describe("a database that hides a change of the rules that waits its delay", () => {
  let hash: string;

  it("is honest so far: the change is shown and counted where people look, and nothing says that nothing waits", async () => {
    const rule = { act: "key.destroy", delaySec: 7_200 };
    const { approveUrl } = await keyServer.admin.post<{ approveUrl: string }>("/v1/roster/propose", { rule });
    hash = new URL(approveUrl).hash.slice(1);
    await person.close(await approve(person, approveUrl));
    const { dashboard, place } = founded;
    for (const path of ["", "/approvals", "/people"]) {
      await dashboard.goto(`${place}${path}`);
      const waits = dashboard.getByText(/^In force /).first();
      await waits.waitFor();
      await waits.getByText("checked", { exact: true }).waitFor();
      expect(await dashboard.getByText("Nothing waits for an approval").count()).toBe(0);
    }
  });

  it("row 71: raises an alarm on every page, and nowhere calls the change over, where its row says that it was stopped", async () => {
    const { dashboard, place } = founded;
    const set = "status = 'cancelled', due = null";
    await database.altered({ table: "roster_proposal", where: `hash = '${hash}'`, set }, async () => {
      await dashboard.goto(place);
      await expectAlarm(hash);
      for (const [page, path] of [
        ["Approvals", "/approvals"],
        ["Custody log", "/log"],
        ["People & rules", "/people"],
      ] as const) {
        await goTo(page, path);
        await expectAlarm(hash);
      }
      await dashboard.getByText("not what the custody log says").waitFor();
      expect(await dashboard.getByText("rejected", { exact: true }).count()).toBe(0);
    });
    await dashboard.goto(`${place}/people`);
    await dashboard.getByText(/^In force /).waitFor();
    expect(await dashboard.getByText("P_OUTCOME").count()).toBe(0);
  });
});

describe("somebody of another organisation", () => {
  let stranger: Person;
  let page: Page;
  /** An address of the first organisation, one that mixes both, and one that nobody has. */
  let places: string[][];
  let heard: string[] = [];

  /** Opens a page and waits until the control plane has refused what the page asked for. */
  async function visit(place: readonly string[], path: string): Promise<void> {
    heard = [];
    await page.goto(`${product.dashboardUrl}/${place.join("/")}${path}`);
    await expect.poll(() => heard.join("\n"), { timeout: 10_000, message: path }).toContain("NOT_FOUND");
  }

  it("signs up beside the first one, and has an environment of its own", async () => {
    stranger = await Person.arrive(browser.browser);
    page = await signUp(stranger, product, "Southwind");
    const [own = ""] = new URL(page.url()).pathname.split("/").slice(1);
    places = [scope, [own, scope[1]], [crypto.randomUUID(), crypto.randomUUID()]];
    page.on("response", async (response) => {
      if (response.url().includes("/api/")) heard.push(await response.text().catch(() => ""));
    });
  });

  it("is shown nothing at the first one's addresses: the same as at addresses that nobody has", async () => {
    const { aid, tid, words } = await keyServer.status();
    const secret = ["orders-db", "payroll-db", "Northwind", aid, tid ?? "", (words ?? []).join(" ")];
    const [command] = await database.query<{ hash: string }>("select hash from app.command limit 1");
    const paths = ["", "/keys", `/keys/${keys.first}`, "/approvals", `/approvals/${command?.hash}`, "/log", "/servers"];
    for (const path of [...paths, `/servers/${aid}`, "/clients", "/reports"]) {
      const shown: string[] = [];
      for (const place of places) {
        await visit(place, path);
        const text = () => textOf(page);
        if (shown[0] !== undefined) await expect.poll(text, { timeout: 10_000, message: path }).toBe(shown[0]);
        else shown.push(await settledText(page));
        const told = `${await text()} ${heard.join(" ")}`;
        for (const each of secret)
          expect(told.replaceAll(path.split("/").at(-1) || "\n", ""), path).not.toContain(each);
      }
    }
  });

  it("is told so in words on every page, and never that there is nothing yet", async () => {
    const untold: string[] = [];
    for (const path of ["/keys", "/log", "/clients", "/approvals", "/reports", "/servers", "/servers/a_none"]) {
      await visit(scope, path);
      const notice = page.locator("main").getByText("NOT_FOUND").first();
      await notice.waitFor({ timeout: 5_000 }).catch(() => untold.push(path));
    }
    expect(untold).toEqual([]);
    await stranger.leave();
  });
});

/** A page's text, without how long ago things were. */
async function textOf(page: Page): Promise<string> {
  return ((await page.locator("main").textContent()) ?? "").replaceAll(/just now|\d+ \w+ ago/g, "ago");
}

/** The same once there is some and it no longer changes; a page that shows nothing for five seconds shows nothing. */
async function settledText(page: Page): Promise<string> {
  let before = "";
  const isSettled = async () => {
    const last = before;
    before = await textOf(page);
    return before !== "" && before === last;
  };
  await expect
    .poll(isSettled, { interval: 400, timeout: 5_000 })
    .toBe(true)
    .catch(() => undefined);
  return before;
}
