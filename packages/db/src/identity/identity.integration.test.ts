import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Db, openDb } from "../open-db.ts";
import { makeTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { uuidV7 } from "../uuid-v7.ts";

const HASH = (letter: string) => letter.repeat(43);
const AID = `a_${"b".repeat(26)}`;
const soon = () => new Date(Date.now() + 60_000);
const past = () => new Date(Date.now() - 1);

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

async function makeAccount(id = uuidV7()) {
  const credential = {
    id: `credential-of-${id}`,
    accountId: id,
    publicKey: "pk",
    signCount: 0n,
    transports: [],
    aaguid: "0",
    isBackedUp: false,
    isSyncable: false,
    label: "Passkey",
  };
  await db.identity.accounts.create({ id, name: "Ada", userHandle: id }, credential);
  return { id, credential };
}

describe("a passkey ceremony", () => {
  const put = (tokenHash: string, expiresAt = soon()) =>
    db.identity.challenges.put({
      tokenHash,
      expiresAt,
      purpose: "sign-in",
      challenge: "c",
      accountId: null,
      name: null,
      userHandle: null,
    });

  test("can be finished once, even by two at the same moment", async () => {
    await put(HASH("a"));
    const taken = await Promise.all(Array.from({ length: 5 }, () => db.identity.challenges.take(HASH("a"), "sign-in")));
    expect(taken.filter((each) => each !== null)).toHaveLength(1);
  });

  test("cannot be finished as another kind, nor when it is too old", async () => {
    await put(HASH("b"));
    expect(await db.identity.challenges.take(HASH("b"), "step-up")).toBeNull();
    expect(await db.identity.challenges.take(HASH("b"), "sign-in")).not.toBeNull();
    await put(HASH("c"), past());
    expect(await db.identity.challenges.take(HASH("c"), "sign-in")).toBeNull();
  });
});

describe("an account", () => {
  test("never loses its last passkey, even when two are removed at the same moment", async () => {
    const { id, credential } = await makeAccount();
    const second = `${credential.id}-2`;
    await db.identity.accounts.addCredential({ ...credential, id: second });
    const removed = await Promise.all([
      db.identity.accounts.removeCredential(id, credential.id),
      db.identity.accounts.removeCredential(id, second),
    ]);
    expect(removed.filter(Boolean)).toHaveLength(1);
    expect(await db.identity.accounts.credentialsOf(id)).toHaveLength(1);
  });

  test("cannot end or rename what is another's", async () => {
    const [ada, bob] = [await makeAccount(), await makeAccount()];
    const session = { tokenHash: HASH("s"), id: uuidV7(), accountId: bob.id, credentialId: "x", device: "x" };
    await db.identity.sessions.create({ ...session, expiresAt: soon() });
    expect(await db.identity.sessions.endOne(ada.id, session.id)).toBe(false);
    expect(await db.identity.accounts.renameCredential(ada.id, bob.credential.id, "mine")).toBe(false);
    expect(await db.identity.accounts.removeCredential(ada.id, bob.credential.id)).toBe(false);
    expect(await db.identity.sessions.endOne(bob.id, session.id)).toBe(true);
  });
});

describe("an enrolment token", () => {
  const put = (tokenHash: string, expiresAt = soon()) =>
    db.identity.routes.putToken({
      tokenHash,
      expiresAt,
      tenantId: uuidV7(),
      environmentId: uuidV7(),
      createdBy: uuidV7(),
    });

  test("row 91: is used by one of many key servers that come at the same moment, and by no other after", async () => {
    await put(HASH("r"));
    const racing = Array.from("ghijk", (letter) => ({ aid: `a_${letter.repeat(26)}`, aik: letter }));
    const enrol = (agent: { aid: string; aik: string }) => db.identity.routes.enrol(HASH("r"), agent).catch(() => null);
    const enrolled = await Promise.all(racing.map(enrol));
    expect(enrolled.filter((each) => each !== null)).toHaveLength(1);
    const again = await Promise.all(racing.map(enrol));
    expect(again.map((each) => each !== null)).toEqual(enrolled.map((each) => each !== null));
    expect(await enrol({ aid: `a_${"l".repeat(26)}`, aik: "l" })).toBeNull();
  });

  test("enrols one key server, which may ask again, and no other", async () => {
    await put(HASH("t"));
    const first = await db.identity.routes.enrol(HASH("t"), { aid: AID, aik: "aik" });
    expect(first).not.toBeNull();
    expect(await db.identity.routes.enrol(HASH("t"), { aid: AID, aik: "aik" })).toEqual(first);
    const other = `a_${"c".repeat(26)}`;
    expect(await db.identity.routes.enrol(HASH("t"), { aid: other, aik: "other" })).toBeNull();
    expect(await db.identity.routes.find(AID)).toMatchObject({ aik: "aik", ...first });
    expect(await db.identity.routes.find(other)).toBeNull();
  });

  test("does not move a key server to another organisation, nor give it another key", async () => {
    await put(HASH("u"));
    expect(await db.identity.routes.enrol(HASH("u"), { aid: AID, aik: "aik" })).toBeNull();
    expect(await db.identity.routes.enrol(HASH("t"), { aid: AID, aik: "another" })).toBeNull();
  });

  test("row 91: that is too old or unknown enrols nobody", async () => {
    await put(HASH("v"), past());
    const stranger = { aid: `a_${"d".repeat(26)}`, aik: "aik" };
    expect(await db.identity.routes.enrol(HASH("v"), stranger)).toBeNull();
    expect(await db.identity.routes.enrol(HASH("w"), stranger)).toBeNull();
  });

  test("route that was unlinked is none, until a new token enrols it again", async () => {
    await db.identity.routes.revoke(AID);
    expect(await db.identity.routes.find(AID)).toBeNull();
  });
});

describe("counts and nonces", () => {
  test("a nonce is new once for each key server", async () => {
    const use = (aid: string) => db.identity.routes.takeNonce(aid, "n", soon());
    expect([await use("a"), await use("a"), await use("b")]).toEqual([true, false, true]);
  });

  test("tries are counted together, and anew in a new window", async () => {
    const { attempts } = db.identity;
    const counts = await Promise.all(Array.from({ length: 8 }, () => attempts.count("x", 60)));
    expect(counts.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await attempts.count("y", 60)).toBe(1);
    await database.query("UPDATE identity.attempt SET window_start = now() - interval '2 minutes'");
    expect(await attempts.count("x", 60)).toBe(1);
  });

  test("what has run out is forgotten, what has not is kept", async () => {
    const { id } = await makeAccount();
    const session = { accountId: id, credentialId: "x", device: "x" };
    await db.identity.sessions.create({ ...session, tokenHash: HASH("o"), id: uuidV7(), expiresAt: past() });
    await db.identity.sessions.create({ ...session, tokenHash: HASH("n"), id: uuidV7(), expiresAt: soon() });
    await db.identity.sweep();
    expect(await db.identity.sessions.find(HASH("o"))).toBeNull();
    expect(await db.identity.sessions.find(HASH("n"))).not.toBeNull();
  });
});
