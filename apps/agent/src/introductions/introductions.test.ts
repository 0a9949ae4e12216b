import { generateKeyPairSync, randomBytes } from "node:crypto";
import { decodeBase64url, introductionHash, parseIntroduction, wordsOf } from "@holdfast/protocol";
import { offerOf } from "@holdfast/protocol/custodian";
import { FakeClock } from "@holdfast/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { newClientRequest } from "../clients/testing/new-client-request.ts";
import { INTRODUCTION_SECONDS } from "./introductions.ts";
import { Invitations } from "./invitations.ts";
import { readOffer } from "./read-offer.ts";

const pemOf = (kind: "ec" | "rsa" | "ed25519", size = 2048, curve = "P-256") => {
  const { publicKey, privateKey } =
    kind === "ec"
      ? generateKeyPairSync("ec", { namedCurve: curve })
      : kind === "rsa"
        ? generateKeyPairSync("rsa", { modulusLength: size })
        : generateKeyPairSync("ed25519");
  return {
    public: publicKey.export({ type: "spki", format: "pem" }) as string,
    private: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
  };
};
const KEYS = { p256: pemOf("ec"), rsa: pemOf("rsa"), short: pemOf("rsa", 1024), edwards: pemOf("ed25519") };

describe("an invitation", () => {
  const clock = new FakeClock();
  const terms = { kind: "client-key", label: "Shop" } as const;
  let invitations: Invitations;
  beforeEach(() => {
    invitations = new Invitations(clock);
  });
  const refused = (act: () => unknown) => expect(act).toThrow(expect.objectContaining({ code: "E_INVITE" }));

  test("opens once, whatever was looked at before", () => {
    const { word } = invitations.mint(terms, 600);
    expect(invitations.look(word)).toMatchObject(terms);
    expect(invitations.use(word)).toMatchObject(terms);
    refused(() => invitations.use(word));
    refused(() => invitations.look(word));
  });

  test("is over after its time of running, also when the wall clock is set back", () => {
    const { word } = invitations.mint(terms, 600);
    clock.advance(599);
    expect(invitations.look(word)).toMatchObject(terms);
    clock.setWall(clock.now() - 86_400);
    clock.advance(1);
    refused(() => invitations.look(word));
  });

  test("is void after five wrong words, and never by words for another", () => {
    const [one, other] = [invitations.mint(terms, 600), invitations.mint(terms, 600)];
    const wrong = `${one.id}.${"A".repeat(22)}`;
    for (let n = 0; n < 5; n += 1) refused(() => invitations.look(wrong));
    refused(() => invitations.use(one.word));
    for (let n = 0; n < 20; n += 1) refused(() => invitations.look(`${"a".repeat(16)}.${"A".repeat(22)}`));
    expect(invitations.use(other.word)).toMatchObject(terms);
  });

  test("is kept as a hash: nothing that lists it opens it", () => {
    const { word } = invitations.mint(terms, 600);
    expect(JSON.stringify(invitations.open())).not.toContain(word.split(".")[1]);
  });
});

describe("what a newcomer gives", () => {
  test("is a request that its own key has signed, and names in it decide nothing", async () => {
    const { csr } = await newClientRequest();
    expect(await readOffer("client-key", csr)).toMatchObject({ kind: "client-key", proof: "csr" });
  });

  test("is a public key of a kind that is taken; without a signature it says so", async () => {
    for (const { public: pem } of [KEYS.p256, KEYS.rsa, KEYS.edwards])
      expect(await readOffer("client-key", pem)).toMatchObject({ proof: "none" });
    expect(await readOffer("custodian", KEYS.p256.public)).toMatchObject({ routes: [{ route: "file" }] });
    expect(await readOffer("recipient", KEYS.rsa.public)).toMatchObject({ kind: "recipient" });
  });

  test("is a custodian's routes as their tool writes them, of points on the curve only", async () => {
    const given = await readOffer("custodian", KEYS.p256.public);
    const hpke = given.kind === "custodian" ? (given.routes[0]?.hpke ?? "") : "";
    const seat = given.kind === "custodian" ? given.seat : "";
    const other = await readOffer(
      "custodian",
      generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ type: "spki", format: "pem" }) as string,
    );
    const second = other.kind === "custodian" ? (other.routes[0]?.hpke ?? "") : "";
    const passkey = { route: "passkey", hpke: second, credId: "A".repeat(22) } as const;
    const routes = [{ route: "file", hpke }, passkey] as const;
    expect(await readOffer("custodian", JSON.stringify({ seat, routes }))).toEqual({ kind: "custodian", seat, routes });
    const acknowledged = await offerOf(randomBytes(32), seat);
    expect(await readOffer("custodian", JSON.stringify(acknowledged))).toEqual({ kind: "custodian", ...acknowledged });
    const { ack } = await offerOf(randomBytes(32), seat);
    const another = other.kind === "custodian" ? other.seat : "";
    for (const bad of [{ ack: { ...acknowledged.ack, sig: ack?.sig } }, { seat: another }])
      await expect(readOffer("custodian", JSON.stringify({ ...acknowledged, ...bad }))).rejects.toMatchObject({
        code: "E_OFFER",
      });
    const off = Buffer.from(decodeBase64url(hpke));
    off[64] = (off[64] ?? 0) ^ 1;
    const onlyPasskey = [{ ...passkey, hpke }];
    const twice = [...routes, { ...passkey, hpke }];
    const offCurve = [{ route: "file", hpke: off.toString("base64url") }];
    for (const bad of [
      [],
      [{ route: "mail", hpke }],
      offCurve,
      onlyPasskey,
      twice,
      [{ route: "file", hpke, credId: "A" }],
    ])
      await expect(readOffer("custodian", JSON.stringify({ seat, routes: bad }))).rejects.toMatchObject({
        code: "E_OFFER",
      });
  });

  test.each([
    ["client-key", "a private key", KEYS.p256.private],
    ["client-key", "an RSA key of 1024 bits", KEYS.short.public],
    ["client-key", "two keys", KEYS.p256.public + KEYS.rsa.public],
    ["client-key", "a key with text before it", `subject=shop\n${KEYS.p256.public}`],
    ["client-key", "nothing", ""],
    ["custodian", "an RSA key", KEYS.rsa.public],
    ["custodian", "an Edwards key", KEYS.edwards.public],
    ["recipient", "an Edwards key", KEYS.edwards.public],
    ["recipient", "a private key", KEYS.rsa.private],
  ] as const)("as %s is refused when it is %s", async (kind, _, text) => {
    await expect(readOffer(kind, text)).rejects.toMatchObject({ code: "E_OFFER" });
  });

  test("is refused where one bit of a request was changed, or bytes follow it", async () => {
    const { csr } = await newClientRequest();
    const der = Buffer.from(csr.replaceAll(/-----[A-Z ]+-----|\s/g, ""), "base64");
    const pem = (bytes: Buffer) =>
      `-----BEGIN CERTIFICATE REQUEST-----\n${bytes.toString("base64")}\n-----END CERTIFICATE REQUEST-----\n`;
    await expect(readOffer("client-key", pem(der))).resolves.toMatchObject({ proof: "csr" });
    const flipped = Buffer.from(der);
    flipped[60] = (flipped[60] ?? 0) ^ 1;
    for (const bad of [flipped, Buffer.concat([der, Buffer.from([0])])])
      await expect(readOffer("client-key", pem(bad))).rejects.toMatchObject({ code: "E_OFFER" });
  });
});

describe("an introduction", () => {
  let test_: PasskeyAgent;
  beforeEach(async () => {
    test_ = await PasskeyAgent.found();
  });
  afterEach(() => test_.close());
  const object = (): ReturnType<typeof readOffer> => readOffer("client-key", KEYS.p256.public);

  test("has other words each time the same is given: the agent draws a part of the bytes last", async () => {
    const { introductions } = test_.domain;
    const [one, other] = [
      introductions.take(await object(), "Shop", "cli"),
      introductions.take(await object(), "Shop", "cli"),
    ];
    expect(wordsOf(one.hash)).not.toEqual(wordsOf(other.hash));
    const bytes = decodeBase64url(one.doc);
    expect(introductionHash(bytes)).toBe(one.hash);
    expect(parseIntroduction(bytes)).toMatchObject({ tid: test_.domain.tid, aid: test_.domain.aid, label: "Shop" });
  });

  test("is there after a restart, until its time is over", async () => {
    const { hash } = test_.domain.introductions.take(await object(), "Shop", "page");
    await test_.restart();
    expect(test_.domain.introductions.find(hash)).toMatchObject({ hash, by: "page" });
    test_.clock.advance(INTRODUCTION_SECONDS + 1);
    expect(test_.domain.introductions.find(hash)).toBeNull();
    expect(test_.domain.introductions.all()).toEqual([]);
  });

  test("that somebody wrote into the store is as good as not there", async () => {
    const { store } = test_.domain;
    const { hash } = test_.domain.introductions.take(await object(), "Shop", "page");
    const row = store.findRow("introduction", hash) ?? expect.unreachable();
    const body = JSON.parse(Buffer.from(row.body).toString("utf8"));
    store.putRow("introduction", { ...row, body: Buffer.from(JSON.stringify({ ...body, by: "cli" })) });
    await test_.restart();
    expect(test_.domain.introductions.find(hash)).toBeNull();
    expect(test_.lines.join("\n")).toContain("introduction.foreign");
  });
});
