import { type Db, openDb } from "@holdfast/db";
import { makeTestDatabase, type TestDatabase } from "@holdfast/db/test-database";
import { SoftwarePasskey } from "@holdfast/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asserted, registered, TEST_SETTINGS, TestBrowser } from "../testing/test-browser.ts";

const HERE = { rpId: "localhost", origin: TEST_SETTINGS.HOLDFAST_ORIGIN };
const COOKIE = "holdfast-session";

let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  database = await makeTestDatabase();
  db = await openDb(database);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

async function newPerson(options: ConstructorParameters<typeof SoftwarePasskey>[0] = {}) {
  const passkey = new SoftwarePasskey({ ...HERE, ...options });
  const browser = new TestBrowser(db);
  const accountId = await browser.signUp(passkey, "Ada");
  return { passkey, browser, accountId };
}

const makeOld = (interval: string, accountId: string) =>
  database.query(
    `UPDATE identity.session SET last_seen_at = now() - $1::interval, stepped_up_at = now() - $1::interval WHERE account_id = $2`,
    [interval, accountId],
  );

describe("sign-up", () => {
  test("makes an account with its passkey and nothing else to know, and signs its person in", async () => {
    const { browser, accountId } = await newPerson();
    const me = await browser.query("session.me");
    expect(me.data).toMatchObject({ account: { id: accountId, name: "Ada" }, passkeys: 1 });
  });

  test.each(["ES256", "EdDSA", "RS256"] as const)("takes passkeys of kind %s, and signs in with them", async (alg) => {
    const { passkey } = await newPerson({ alg });
    const again = new TestBrowser(db);
    expect((await again.signIn(passkey)).status).toBe(200);
    expect((await again.query("session.me")).data.account.name).toBe("Ada");
  });

  test("asks for a discoverable passkey with its person verified, on this name only, called a sign-in", async () => {
    const { data } = await new TestBrowser(db).mutate("signUp.begin", { name: "Ada" });
    expect(data).toMatchObject({
      rp: { id: "localhost", name: "Holdfast sign-in" },
      attestation: "none",
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
    });
  });

  test("keeps its cookie from scripts and other sites, and stores no token that would sign in", async () => {
    const { browser } = await newPerson();
    const token = browser.cookies.get(COOKIE) ?? "";
    expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const stored = await database.query("SELECT s::text AS row FROM identity.session s");
    expect(stored.some(({ row }) => String(row).includes(token))).toBe(false);
    const { setCookies } = await new TestBrowser(db).signIn((await newPerson()).passkey);
    expect(setCookies.find((cookie) => cookie.startsWith(COOKIE))).toMatch(
      /; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/,
    );
  });

  test.each([
    ["another origin", { origin: "http://localhost:3000" }],
    ["another site", { origin: "https://evil.example" }],
    ["another RP ID", { rpId: "agent.localhost" }],
    ["a person not verified", { flags: { uv: false } }],
    ["nobody present", { flags: { up: false } }],
    ["another challenge", { challenge: "AAAA" }],
    ["an assertion in its place", { type: "webauthn.get" }],
    ["another site around it", { crossOrigin: true }],
  ] as const)("refuses a passkey with %s", async (_, knobs) => {
    const passkey = new SoftwarePasskey(HERE);
    const browser = new TestBrowser(db);
    const { data } = await browser.mutate("signUp.begin", { name: "Ada" });
    const changed = {
      credId: passkey.credId,
      create: (given: Uint8Array) => passkey.create(given, knobs),
      get: passkey.get,
    };
    const refused = await browser.mutate("signUp.finish", { response: registered(changed, data.challenge) });
    expect(refused).toMatchObject({ status: 400, problem: { code: "PASSKEY" } });
    expect(browser.cookies.has(COOKIE)).toBe(false);
  });

  test("can be finished once, by the browser that began it", async () => {
    const [passkey, browser, thief] = [new SoftwarePasskey(HERE), new TestBrowser(db), new TestBrowser(db)];
    const { data } = await browser.mutate("signUp.begin", { name: "Ada" });
    const response = registered(passkey, data.challenge);
    expect((await thief.mutate("signUp.finish", { response })).problem?.code).toBe("CEREMONY");
    const ceremony = browser.cookies.get("holdfast-ceremony") ?? "";
    expect((await browser.mutate("signUp.finish", { response })).status).toBe(200);
    browser.cookies.set("holdfast-ceremony", ceremony);
    expect((await browser.mutate("signUp.finish", { response })).problem?.code).toBe("CEREMONY");
  });
});

describe("sign-in", () => {
  test("is by the passkey alone, and a counter that went back is no reason to refuse", async () => {
    const { passkey, accountId } = await newPerson();
    const back = {
      credId: passkey.credId,
      create: passkey.create,
      get: (c: Uint8Array) => passkey.get(c, { counter: 1 }),
    };
    for (const each of [passkey, back, back]) {
      expect((await new TestBrowser(db).signIn(each)).data).toEqual({ accountId });
    }
  });

  test.each([
    ["made on another origin", { origin: "http://agent.localhost:7400" }],
    ["for another RP ID", { rpId: "agent.localhost" }],
    ["without its person verified", { flags: { uv: false } }],
    ["of another key", { signer: new SoftwarePasskey(HERE).key }],
    ["embedded in another site", { crossOrigin: true }],
  ] as const)("refuses an assertion %s, and says no more than that", async (_, knobs) => {
    const { passkey } = await newPerson();
    const changed = { credId: passkey.credId, create: passkey.create, get: (c: Uint8Array) => passkey.get(c, knobs) };
    const refused = await new TestBrowser(db).signIn(changed);
    expect(refused).toMatchObject({ status: 400, problem: { code: "PASSKEY" } });
    const unknown = await new TestBrowser(db).signIn(new SoftwarePasskey(HERE));
    expect(unknown.text).toBe(refused.text);
  });

  test("refuses a passkey that is said to be another person's", async () => {
    const [ada, bob] = [await newPerson(), await newPerson()];
    const browser = new TestBrowser(db);
    const { data } = await browser.mutate("signIn.begin");
    const [row] = await database.query("SELECT user_handle FROM identity.account WHERE id = $1", [bob.accountId]);
    const response = asserted(ada.passkey, data.challenge, String(row?.["user_handle"]));
    expect((await browser.mutate("signIn.finish", { response })).problem?.code).toBe("PASSKEY");
  });

  test("gives a new token and ends the session that the browser had", async () => {
    const { browser, passkey } = await newPerson();
    const before = browser.cookies.get(COOKIE) ?? "";
    await browser.signIn(passkey);
    expect(browser.cookies.get(COOKIE)).not.toBe(before);
    const stale = new TestBrowser(db);
    stale.cookies.set(COOKIE, before);
    expect((await stale.query("session.me")).status).toBe(401);
  });

  test("is limited for a passkey, whoever tries it", async () => {
    const { passkey } = await newPerson();
    const browser = new TestBrowser(db);
    const attempt = () => browser.mutate("signIn.finish", { response: asserted(passkey, "AAAA") });
    const codes = new Set<string | undefined>();
    for (let n = 0; n < 31; n += 1) codes.add((await attempt()).problem?.code);
    expect([...codes]).toEqual(["CEREMONY", "RATE"]);
    expect((await attempt()).status).toBe(429);
  });
});

describe("a session", () => {
  test("ends when it was not used for three days, and after thirty days in any case", async () => {
    const idle = await newPerson();
    await makeOld("4 days", idle.accountId);
    expect((await idle.browser.query("session.me")).status).toBe(401);
    const old = await newPerson();
    await database.query("UPDATE identity.session SET expires_at = now() WHERE account_id = $1", [old.accountId]);
    expect((await old.browser.query("session.me")).status).toBe(401);
    const used = await newPerson();
    await makeOld("2 days", used.accountId);
    expect((await used.browser.query("session.me")).status).toBe(200);
    const [row] = await database.query(
      "SELECT last_seen_at > now() - interval '1 minute' AS seen FROM identity.session WHERE account_id = $1",
      [used.accountId],
    );
    expect(row).toEqual({ seen: true });
  });

  test("is nothing without its exact cookie, once", async () => {
    const { browser } = await newPerson();
    const token = browser.cookies.get(COOKIE) ?? "";
    for (const value of ["", token.slice(1), `${token}x`, `${token}; ${COOKIE}=${token}`, "'; DROP TABLE x"]) {
      const other = new TestBrowser(db);
      other.cookies.set(COOKIE, value);
      expect((await other.query("session.me")).status).toBe(401);
    }
  });

  test("ends at sign-out, and its token with it", async () => {
    const { browser } = await newPerson();
    const token = browser.cookies.get(COOKIE) ?? "";
    expect((await browser.mutate("session.signOut")).status).toBe(200);
    expect(browser.cookies.has(COOKIE)).toBe(false);
    browser.cookies.set(COOKIE, token);
    expect((await browser.query("session.me")).status).toBe(401);
    expect((await new TestBrowser(db).mutate("session.signOut")).status).toBe(200);
  });

  test("can be seen and ended from another of the same person", async () => {
    const { browser, passkey } = await newPerson();
    const phone = new TestBrowser(db);
    await phone.signIn(passkey);
    const { data } = await browser.query("session.list");
    expect(data.rows).toHaveLength(2);
    const other = data.rows.find((row: { current: boolean }) => !row.current);
    expect((await browser.mutate("session.end", { id: other.id })).status).toBe(200);
    expect((await phone.query("session.me")).status).toBe(401);
    expect((await browser.query("session.me")).status).toBe(200);
  });
});

describe("a change of passkeys", () => {
  test("adds a second one that signs in, and ends all other sessions", async () => {
    const { browser, passkey, accountId } = await newPerson();
    const phone = new TestBrowser(db);
    await phone.signIn(passkey);
    const second = new SoftwarePasskey(HERE);
    const { data } = await browser.mutate("passkey.add.begin");
    expect(data.excludeCredentials).toMatchObject([{ id: passkey.credId }]);
    const response = registered(second, data.challenge);
    expect((await browser.mutate("passkey.add.finish", { response, label: "Phone" })).status).toBe(200);
    expect((await phone.query("session.me")).status).toBe(401);
    expect((await browser.query("session.me")).data.passkeys).toBe(2);
    expect((await new TestBrowser(db).signIn(second)).data).toEqual({ accountId });
    const { rows } = (await browser.query("passkey.list")).data;
    expect(rows.map((row: { label: string }) => row.label)).toContain("Phone");
    expect((await browser.mutate("passkey.remove", { id: passkey.credId })).status).toBe(200);
    expect((await new TestBrowser(db).signIn(passkey)).problem?.code).toBe("PASSKEY");
    expect((await browser.mutate("passkey.remove", { id: second.credId })).problem?.code).toBe("LAST_PASSKEY");
  });

  test("needs a passkey shown within ten minutes; showing it gives the session a new token", async () => {
    const { browser, passkey, accountId } = await newPerson();
    await makeOld("11 minutes", accountId);
    for (const path of ["passkey.add.begin", "passkey.add.finish", "passkey.remove"]) {
      expect({ path, code: (await browser.mutate(path)).problem?.code }).toEqual({ path, code: "STEP_UP" });
    }
    const before = browser.cookies.get(COOKIE) ?? "";
    const { data } = await browser.mutate("session.stepUp.begin");
    const response = asserted(passkey, data.challenge);
    expect((await browser.mutate("session.stepUp.finish", { response })).status).toBe(200);
    expect(browser.cookies.get(COOKIE)).not.toBe(before);
    expect((await browser.mutate("passkey.add.begin")).status).toBe(200);
    const stale = new TestBrowser(db);
    stale.cookies.set(COOKIE, before);
    expect((await stale.query("session.me")).status).toBe(401);
  });

  test("is not made fresh by another person's passkey", async () => {
    const [ada, bob] = [await newPerson(), await newPerson()];
    const { data } = await ada.browser.mutate("session.stepUp.begin");
    const response = asserted(bob.passkey, data.challenge);
    expect((await ada.browser.mutate("session.stepUp.finish", { response })).problem?.code).toBe("PASSKEY");
  });
});
