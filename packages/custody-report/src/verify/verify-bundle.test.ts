import { type CommandHash, decodeBase64url, docHash, type Roster, wordsOf } from "@holdfast/protocol";
import {
  livedLedger,
  PLAIN_KEY,
  recoveryKey,
  SoftwareDomain,
  SoftwareLedger,
  SoftwareReporter,
  softwareWitness,
} from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { verifyBundle } from "./verify-bundle.ts";

const DAY = 86_400;

describe("a bundle of a domain that has lived", () => {
  test.each([
    ["one administrator", { administrators: 1 }],
    ["a local administrator", { local: true }],
  ])("holds, with %s, and names every check", async (_, options) => {
    const ledger = livedLedger(options);
    const report = await verifyBundle(await new SoftwareReporter(ledger).bundle());
    expect(report.checks.map(({ what, holds }) => `${what} ${holds}`)).toEqual([
      "administrators true",
      "log true",
      "checkpoint true",
      "witnesses false",
      "receipts true",
      "approvals true",
      "states true",
      "certificate true",
      "attestation true",
      "origin false",
    ]);
    expect(report.facts.local).toBe("local" in options);
  });

  test("derives keys, clients, use and decisions from the log alone", async () => {
    const { facts, content } = await verifyBundle(await new SoftwareReporter(livedLedger()).bundle());
    expect(facts.keys.map(({ label, state, use }) => [label, state.state, state.current, use.count])).toEqual([
      ["invoices", "active", 2, 7],
      ["archive", "active", 1, 0],
    ]);
    expect(facts.clients.map(({ label, state }) => [label, state.state])).toEqual([["billing", "active"]]);
    expect(facts.changes.map(({ kind, count, by, how }) => [kind, count, by, how])).toEqual([
      ["key.create", 2, ["Ada"], "passkey"],
      ["client.enrol", 1, ["Ada"], "passkey"],
      ["key.rotate", 1, ["Ada"], "passkey"],
      ["key.suspend", 1, ["Ada"], "passkey"],
      ["key.resume", 1, ["Ada"], "passkey"],
    ]);
    expect(content.headline).toBe("Both keys are on record, each decision approved by its one administrator.");
  });

  test.each([
    ["file", /KEK: file on the same host/, 1],
    ["credential", /service manager/, 1],
    ["passphrase", /passphrase that a person enters/, 0],
    ["shares", /shares of several custodians/, 0],
    ["pkcs11", /hardware module/, 0],
    ["other", /held elsewhere/, 0],
  ] as const)(
    "says of an unseal key that it is %s, as declared, and asks for attention where the host alone has it",
    async (kek, words, items) => {
      const { content } = await verifyBundle(await new SoftwareReporter(livedLedger()).bundle({ kek }));
      expect(JSON.stringify(content)).toMatch(words);
      expect(JSON.stringify(content.attention).match(/KEK: (?:file|given)/g) ?? []).toHaveLength(items);
    },
  );

  test("compares the words and refuses those of another domain", async () => {
    const ledger = livedLedger();
    const bundle = await new SoftwareReporter(ledger).bundle();
    const words = wordsOf(ledger.domain.tid);
    expect(await verifyBundle(bundle, { words: ` ${words.join("  ").toUpperCase()} ` })).toMatchObject({
      compared: true,
    });
    const others = wordsOf(livedLedger().domain.tid).join(" ");
    for (const wrong of [others, words.slice(0, 7).join(" "), "", [...words].reverse().join(" ")]) {
      await expect(verifyBundle(bundle, { words: wrong })).rejects.toMatchObject({ code: "V_WORDS" });
    }
  });

  test("counts use, decisions and events of its period only", async () => {
    const ledger = livedLedger();
    const now = ledger.domain.clock.now();
    const bundle = await new SoftwareReporter(ledger).bundle({ period: { from: now - 30 * DAY, to: now - 3600 } });
    const { facts } = await verifyBundle(bundle);
    expect([facts.changes, facts.events, facts.keys[0]?.use.count]).toEqual([[], [], 0]);
    expect(facts.keys).toHaveLength(2);
  });
});

describe("witnesses", () => {
  const witness = softwareWitness("example.com/witness");
  const stranger = softwareWitness("example.com/other");
  const named = (vkey: string, name: string) => ({
    change: (roster: SoftwareLedger["domain"]["roster"]) => ({ ...roster, witnesses: [{ name, vkey }] }),
  });

  test("named by the roster are verified and reported with their time", async () => {
    const ledger = livedLedger(named(witness.vkey, witness.key.name));
    const report = await verifyBundle(await new SoftwareReporter(ledger).bundle({ witnesses: [witness] }));
    expect(report.facts.log.cosignatures).toEqual([{ name: witness.key.name, time: ledger.domain.clock.now() }]);
    expect(report.checks.find(({ what }) => what === "witnesses")?.holds).toBe(true);
  });

  test("demanded by the reader must have signed, named or not", async () => {
    const ledger = livedLedger();
    const bundle = await new SoftwareReporter(ledger).bundle({ witnesses: [witness] });
    expect((await verifyBundle(bundle)).facts.log.cosignatures).toEqual([]);
    expect((await verifyBundle(bundle, { witnesses: [witness.vkey] })).facts.log.cosignatures).toHaveLength(1);
    await expect(verifyBundle(bundle, { witnesses: [stranger.vkey] })).rejects.toMatchObject({ code: "V_WITNESS" });
    await expect(verifyBundle(bundle, { witnesses: ["nonsense"] })).rejects.toMatchObject({ code: "V_WITNESS" });
  });

  test("of the roster whose signature does not fit refuse the whole report", async () => {
    const ledger = livedLedger(named(witness.vkey, witness.key.name));
    const liar = { ...witness, sign: () => new Uint8Array(64) };
    const bundle = await new SoftwareReporter(ledger).bundle({ witnesses: [liar] });
    await expect(verifyBundle(bundle)).rejects.toMatchObject({ code: "V_WITNESS" });
  });
});

test("a chain that went on is followed: each entry under the administrators of its time", async () => {
  const ledger = livedLedger({ administrators: 2 });
  const { domain } = ledger;
  const [ada] = domain.administrators;
  ledger.extend(renamed(ada?.adm));
  ledger.apply(domain.propose({ act: "key.create", args: { items: [{ ...PLAIN_KEY, label: "second" }] } }));
  const { facts } = await verifyBundle(await new SoftwareReporter(ledger).bundle());
  expect(facts.rosterLinks).toBe(2);
  expect(facts.changes.map(({ by }) => by[0])).toEqual(["Ada", "Ada", "Ada", "Ada", "Ada", "Ada L."]);
});

describe("a change of administrators and rules", () => {
  const change = () => {
    const ledger = livedLedger({ administrators: 2 });
    return { ledger, rename: renamed(ledger.domain.administrators[0]?.adm) };
  };
  const verified = async (ledger: SoftwareLedger) => verifyBundle(await new SoftwareReporter(ledger).bundle());

  test("that loosens is refused without its delay, and with one that was cut short", async () => {
    const never = change();
    never.ledger.extend(never.rename, { waitSeconds: null });
    await expect(verified(never.ledger)).rejects.toMatchObject({ code: "V_ROSTER" });
    const short = change();
    short.ledger.extend(short.rename, { waitSeconds: 86_400 - 601 });
    await expect(verified(short.ledger)).rejects.toMatchObject({ code: "V_ROSTER" });
  });

  test("whose delay began is refused unless both quorums had approved it", async () => {
    const { ledger, rename } = change();
    const { domain } = ledger;
    const alone = domain.signLink(domain.nextRoster(rename), { approvers: domain.administrators.slice(0, 1) });
    ledger.recordLink("roster.scheduled", alone);
    await expect(verified(ledger)).rejects.toMatchObject({ code: "V_ROSTER" });
  });

  test("is on record as cancelled only with an administrator's no, and is never in force then", async () => {
    const { ledger, rename } = change();
    const { domain } = ledger;
    const link = domain.signLink(domain.nextRoster(rename));
    ledger.recordLink("roster.scheduled", link);
    const hash = docHash("roster", decodeBase64url(link.doc));
    const no = domain.approve([{ hash: hash as CommandHash }], { decision: 2 });
    ledger.recordLink("roster.cancelled", { ...link, approvals: [...link.approvals, no] }, "E_CANCELLED");
    expect((await verified(ledger)).facts.rosterLinks).toBe(1);
    const nobody = change();
    const waiting = nobody.ledger.domain.signLink(nobody.ledger.domain.nextRoster(nobody.rename));
    nobody.ledger.recordLink("roster.cancelled", waiting, "E_CANCELLED");
    await expect(verified(nobody.ledger)).rejects.toMatchObject({ code: "V_APPROVAL" });
    ledger.recordLink("roster.scheduled", link);
    await expect(verified(ledger)).rejects.toMatchObject({ code: "V_ROSTER" });
  });

  test("that only takes away is on record as cancelled by nobody: a report in which one person's no ended it is refused", async () => {
    for (const [lasts, code] of [
      [-1, "V_APPROVAL"],
      [1, null],
    ] as const) {
      const { ledger } = change();
      const { domain } = ledger;
      const link = domain.signLink(domain.nextRoster((next) => ({ ...next, notAfter: next.notAfter + lasts })));
      const no = domain.approve([{ hash: SoftwareDomain.hashOf(link) as CommandHash }], { decision: 2 });
      ledger.recordLink("roster.cancelled", { ...link, approvals: [no] }, "E_CANCELLED");
      if (code === null) expect((await verified(ledger)).facts.rosterLinks).toBe(1);
      else await expect(verified(ledger)).rejects.toMatchObject({ code });
    }
  });
});

describe("a recovery that waits", () => {
  const [first, second] = [recoveryKey("bundle one"), recoveryKey("bundle two")];
  const begun = (waits = true) => {
    const ledger = livedLedger({
      change: (roster) => ({
        ...roster,
        recovery: {
          ...roster.recovery,
          keys: [first, second].map(({ coseText }) => ({ alg: "EdDSA" as const, cose: coseText })),
        },
      }),
    });
    const { domain } = ledger;
    const roster = domain.nextRoster((next) => ({ ...next, recover: true, notAfter: next.notAfter + 1 }));
    const signedBy = (...keys: (typeof first)[]) => domain.signRecovery(roster, { keys });
    if (waits) ledger.recordLink("roster.scheduled", signedBy(first));
    return { ledger, domain, signedBy };
  };
  const verified = async (ledger: SoftwareLedger) => verifyBundle(await new SoftwareReporter(ledger).bundle());
  const noTo = ({ domain, signedBy }: ReturnType<typeof begun>) =>
    domain.approve([{ hash: SoftwareDomain.hashOf(signedBy(first)) as CommandHash }], { decision: 2 });

  test("is signed by further keys, each on record, and one that adds none is refused", async () => {
    const good = begun();
    good.ledger.recordLink("roster.signed", good.signedBy(first, second));
    expect((await verified(good.ledger)).facts.rosterLinks).toBe(1);
    const none = begun();
    none.ledger.recordLink("roster.signed", none.signedBy(first));
    await expect(verified(none.ledger)).rejects.toMatchObject({ code: "V_APPROVAL" });
    const stranger = begun();
    stranger.ledger.recordLink("roster.signed", stranger.signedBy(first, recoveryKey("bundle stranger")));
    await expect(verified(stranger.ledger)).rejects.toMatchObject({ code: "V_APPROVAL" });
  });

  test("ends no change that takes away the replacement key that signed it", async () => {
    const told = async (...keys: (typeof first)[]) => {
      const { ledger, domain, signedBy } = begun(false);
      const exchange = domain.nextRoster((next) => ({
        ...next,
        recovery: { ...next.recovery, keys: next.recovery.keys.filter(({ cose }) => cose !== first.coseText) },
      }));
      ledger.recordLink("roster.scheduled", domain.signLink(exchange));
      ledger.recordLink("roster.scheduled", signedBy(...keys));
      return verified(ledger);
    };
    expect((await told(first, second)).facts.rosterLinks).toBe(1);
    await expect(told(first)).rejects.toMatchObject({ code: "V_ROSTER" });
  });

  test("is stopped by an objection while a key is missing, and by none once every key has signed", async () => {
    const some = begun();
    const stopped = some.signedBy(first);
    const approvals = [...stopped.approvals, noTo(some)];
    some.ledger.recordLink("roster.cancelled", { ...stopped, approvals }, "E_CANCELLED", { vetoed: true });
    expect((await verified(some.ledger)).facts.rosterLinks).toBe(1);
    const all = begun();
    all.ledger.recordLink("roster.signed", all.signedBy(first, second));
    // The agent leaves the second signature out of what it says of the objection.
    const said = { ...all.signedBy(first), approvals: [...all.signedBy(first).approvals, noTo(all)] };
    all.ledger.recordLink("roster.cancelled", said, "E_CANCELLED", { vetoed: true });
    await expect(verified(all.ledger)).rejects.toMatchObject({ code: "V_APPROVAL" });
  });
});

function renamed(adm: string | undefined): (roster: Roster) => Roster {
  const admins = (roster: Roster) => roster.admins.map((one) => (one.adm === adm ? { ...one, label: "Ada L." } : one));
  return (roster) => ({ ...roster, admins: admins(roster) });
}

test("a domain without keys has a report that says so", async () => {
  const { content } = await verifyBundle(await new SoftwareReporter(SoftwareLedger.found()).bundle());
  expect(content.headline).toBe("No keys yet. Who may make them, and how, is on record.");
});
