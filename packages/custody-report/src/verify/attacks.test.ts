import {
  type CanonicalObject,
  type DomainStateDocument,
  decodeBase64url,
  type Entry,
  encodeBase64url,
  encodeCanonical,
  encodeEnvelope,
  encodeReceipt,
  encodeState,
  type KeyStateDocument,
  type KeyTarget,
  openEntry,
  parseEnvelope,
  parseReceipt,
  stateHash,
} from "@holdfast/protocol";
import {
  applyByAll,
  livedLedger,
  PLAIN_KEY,
  SoftwareAgent,
  SoftwareKey,
  SoftwareLedger,
  SoftwareReporter,
  softwareCertificate,
} from "@holdfast/testkit";
import { describe, expect, test } from "vitest";
import { type Bundle, parseBundle } from "../model/bundle.ts";
import { verifyBundle } from "./verify-bundle.ts";

/** A bundle changed by somebody who has none of the keys. */
async function changed(bytes: Uint8Array, change: (bundle: Mutable<Bundle>) => void): Promise<Uint8Array> {
  const bundle = JSON.parse(JSON.stringify(parseBundle(bytes))) as Mutable<Bundle>;
  change(bundle);
  return encodeCanonical(bundle as unknown as CanonicalObject);
}

type Mutable<T> = T extends readonly (infer E)[]
  ? Mutable<E>[]
  : T extends object
    ? { -readonly [K in keyof T]: Mutable<T[K]> }
    : T;

async function codeOf(bytes: Uint8Array): Promise<string> {
  return verifyBundle(bytes).then(
    () => "holds",
    (error: { code?: string }) => error.code ?? String(error),
  );
}

const lived = livedLedger({ seed: "attacked", administrators: 2 });
const good = await new SoftwareReporter(lived).bundle();
const other = await new SoftwareReporter(livedLedger({ seed: "other", administrators: 2 })).bundle();
const COMMAND_ENTRIES = lived.log.entries.flatMap((entry, at) => (entry.receipt ? [at] : []));

describe("without the agent's keys", () => {
  test("nothing changed is nothing refused", async () => {
    expect(await codeOf(await changed(good, () => {}))).toBe("holds");
  });

  test.each(COMMAND_ENTRIES)("approvals stripped from the command of entry %i are missed", async (at) => {
    const bytes = await changed(good, ({ evidence }) => {
      const entry = evidence.log[at] as Mutable<Entry>;
      const envelope = parseEnvelope(decodeBase64url(entry.envelope ?? ""));
      entry.envelope = encodeBase64url(encodeEnvelope({ ...envelope, approvals: envelope.approvals.slice(1) }));
    });
    expect(await codeOf(bytes)).toBe("V_RECEIPT");
  });

  test("an envelope left out is missed", async () => {
    const bytes = await changed(good, ({ evidence }) => delete evidence.log[COMMAND_ENTRIES[1] ?? 0]?.envelope);
    expect(await codeOf(bytes)).toBe("V_APPROVAL");
  });

  test("a receipt left out is missed", async () => {
    const bytes = await changed(good, ({ evidence }) => delete evidence.log[COMMAND_ENTRIES[1] ?? 0]?.receipt);
    expect(await codeOf(bytes)).toBe("V_RECEIPT");
  });

  test("receipts of two commands swapped do not fit", async () => {
    const bytes = await changed(good, ({ evidence: { log } }) => {
      const [one, two] = [log[COMMAND_ENTRIES[2] ?? 0], log[COMMAND_ENTRIES[3] ?? 0]] as [
        Mutable<Entry>,
        Mutable<Entry>,
      ];
      [one.receipt, two.receipt] = [two.receipt, one.receipt];
    });
    expect(await codeOf(bytes)).toBe("V_RECEIPT");
  });

  test("a state left out is missed", async () => {
    const bytes = await changed(good, ({ evidence }) => delete evidence.log[1]?.state);
    expect(await codeOf(bytes)).toBe("V_STATE");
  });

  test("row 63: entries in another order, left out or twice make another tree", async () => {
    const swap = await changed(good, ({ evidence: { log } }) =>
      log.splice(7, 2, ...(log.slice(7, 9).reverse() as Mutable<Entry>[])),
    );
    const renumbered = await changed(good, ({ evidence: { log } }) => {
      log.splice(8, 1);
    });
    const doubled = await changed(good, ({ evidence: { log } }) => {
      log.push({ ...(log.at(-1) as Mutable<Entry>), n: log.length });
    });
    expect(await codeOf(swap)).toBe("V_ROOT");
    expect(await codeOf(renumbered)).toBe("V_ROOT");
    expect(await codeOf(doubled)).toBe("V_ROOT");
    expect(await codeOf(await changed(good, ({ evidence: { log } }) => log.pop()))).toBe("V_ROOT");
  });

  test.each([
    ["chain", "V_ROSTER"],
    ["log", "V_ROOT"],
    ["checkpoint", "V_CHECKPOINT"],
    ["certificates", "V_BUNDLE"],
  ] as const)("%s of another domain is refused", async (part, code) => {
    const stranger = parseBundle(other);
    const bytes = await changed(good, ({ evidence }) => Object.assign(evidence, { [part]: stranger.evidence[part] }));
    expect(await codeOf(bytes)).toBe(code);
  });

  test("an attestation of another domain, or of an earlier report, is refused", async () => {
    const strange = await changed(good, (bundle) => Object.assign(bundle, { attest: parseBundle(other).attest }));
    const earlier = parseBundle(await new SoftwareReporter(lived).bundle({ kek: "passphrase" }));
    const stale = await changed(good, (bundle) => Object.assign(bundle, { attest: earlier.attest }));
    expect(await codeOf(strange)).toBe("V_ATTEST");
    expect(await codeOf(stale)).toBe("V_BUNDLE");
  });

  test("what is only declared cannot be changed either", async () => {
    const bytes = await changed(good, ({ evidence }) => Object.assign(evidence.declared, { kek: "other" }));
    expect(await codeOf(bytes)).toBe("V_BUNDLE");
    expect(
      await codeOf(await changed(good, ({ evidence }) => Object.assign(evidence, { made: evidence.made + 1 }))),
    ).toBe("V_BUNDLE");
  });

  test("members that are not known, missing or of another kind are malformed", async () => {
    for (const change of [
      (bundle: Mutable<Bundle>) => Object.assign(bundle, { more: 1 }),
      (bundle: Mutable<Bundle>) => Object.assign(bundle.evidence, { more: 1 }),
      (bundle: Mutable<Bundle>) => Object.assign(bundle.evidence.log[0] ?? {}, { more: 1 }),
      (bundle: Mutable<Bundle>) => Object.assign(bundle.evidence, { period: { from: 1 } }),
      (bundle: Mutable<Bundle>) => Object.assign(bundle.evidence, { log: {} }),
      (bundle: Mutable<Bundle>) => Object.assign(bundle.evidence, { ver: 2 }),
      (bundle: Mutable<Bundle>) => Object.assign(bundle, { typ: "evidence" }),
    ]) {
      expect(await codeOf(await changed(good, change))).toBe("V_MALFORMED");
    }
  });
});

/** A key's target as the lived domain knows it. */
function firstKey(ledger: SoftwareLedger): { target: KeyTarget; state: KeyStateDocument } {
  const state = [...ledger.states.values()].find((one) => one.kind === "key") as KeyStateDocument;
  return { state, target: { kind: "key", keyId: state.id, label: PLAIN_KEY.label, group: state.group } };
}

describe("an agent that lies and signs for it", () => {
  const report = async (ledger: SoftwareLedger, options: Parameters<SoftwareReporter["bundle"]>[0] = {}) =>
    codeOf(await new SoftwareReporter(ledger).bundle(options));

  test("cannot carry out what too few approved", async () => {
    const ledger = livedLedger({ administrators: 2 });
    const { target } = firstKey(ledger);
    ledger.apply(ledger.domain.propose({ act: "key.suspend", args: {}, target }));
    expect(await report(ledger)).toBe("holds");
    ledger.apply(ledger.domain.propose({ act: "key.resume", args: {}, target }));
    expect(await report(ledger)).toBe("V_APPROVAL");
  });

  test.each([
    ["one person twice", "twice"],
    ["nobody", "none"],
    ["a stranger", "stranger"],
    ["a rejection", "reject"],
    ["a login assertion", "login"],
    ["another command", "other"],
  ])("cannot pass off %s as a quorum", async (_, kind) => {
    const ledger = livedLedger({ administrators: 2 });
    const { domain } = ledger;
    const { target } = firstKey(ledger);
    ledger.apply(domain.propose({ act: "key.suspend", args: {}, target }));
    const command = domain.propose({ act: "key.resume", args: {}, target });
    const [ada, grace] = domain.administrators;
    const first = domain.approve([command], { by: ada });
    const foreign = SoftwareLedger.found({ administrators: 1 }).domain;
    const approvals = {
      twice: [first, domain.approve([command], { by: ada })],
      none: [],
      stranger: [first, foreign.approve([command])],
      reject: [first, domain.approve([command], { by: grace, decision: 2 })],
      login: [first, domain.approve([command], { by: grace, rpId: "localhost", origin: "http://localhost:3000" })],
      other: [first, domain.approve([domain.propose({ act: "key.rotate", args: {}, target })], { by: grace })],
    }[kind];
    ledger.apply(command, approvals);
    expect(await report(ledger)).toBe("V_APPROVAL");
  });

  test("cannot pass off as another person whose proposal was signed at the hosted page", async () => {
    const ledger = SoftwareLedger.found({
      administrators: [
        { label: "Ada" },
        { label: "Grace" },
        { label: "Hal", channel: "hosted", rpId: "approve.example" },
      ],
      change: (roster) => ({
        ...roster,
        policy: [
          ...roster.policy.filter(({ act }) => act !== "domain.unlock"),
          { act: "domain.unlock", m: 1, noSelf: true, delaySec: 0, maxTtlSec: 86_400 },
        ],
      }),
    });
    const { domain } = ledger;
    const [ada, grace, hal] = domain.administrators;
    const unlock = (proposer = grace) => {
      ledger.apply(domain.propose({ act: "domain.lock", args: {} }));
      const command = domain.propose({ act: "domain.unlock", args: {}, proposer: proposer?.adm ?? "" });
      const proposal = domain.approve([command], { by: proposer, decision: 0 });
      ledger.apply(command, [domain.approve([command], { by: ada })], (receipt) => receipt, undefined, proposal);
    };
    unlock(grace);
    expect(await report(ledger)).toBe("holds");
    unlock(hal);
    expect(await report(ledger)).toBe("V_APPROVAL");
  });

  test("cannot use a command after its time, or of other administrators", async () => {
    const late = livedLedger({ administrators: 1 });
    const { target } = firstKey(late);
    const rotate = late.domain.propose({ act: "key.rotate", args: {}, target, ttlSec: 60 });
    late.domain.clock.advance(3600);
    applyByAll(late, rotate);
    expect(await report(late)).toBe("V_APPROVAL");
    const stale = livedLedger({ administrators: 1 });
    const old = stale.domain.propose({ act: "key.rotate", args: {}, target: firstKey(stale).target });
    stale.domain.extend((roster) => ({ ...roster, notAfter: roster.notAfter - 1 }));
    stale.log.recordLinks();
    applyByAll(stale, old);
    expect(await report(stale)).toBe("V_APPROVAL");
  });

  test("cannot carry out what was proposed before the key changed, nor under an expired roster", async () => {
    const ledger = livedLedger();
    const { domain } = ledger;
    const { target } = firstKey(ledger);
    const head = ledger.log.entries.findIndex((entry) => openEntry(entry).leaf.kind === "key.resume");
    const first = domain.propose({
      act: "key.rotate",
      args: {},
      target,
      expect: { head, version: 2, state: "active" },
    });
    const overtaken = domain.propose({ act: "key.rotate", args: {}, target, expect: { head } });
    applyByAll(ledger, first);
    expect(await report(ledger)).toBe("holds");
    applyByAll(ledger, overtaken);
    expect(await report(ledger)).toBe("V_APPROVAL");
    const expired = livedLedger();
    expired.domain.clock.advance(401 * 86_400);
    applyByAll(expired, expired.domain.propose({ act: "key.suspend", args: {}, target: firstKey(expired).target }));
    expect(await report(expired)).toBe("holds");
    applyByAll(expired, expired.domain.propose({ act: "key.resume", args: {}, target: firstKey(expired).target }));
    expect(await report(expired)).toBe("V_APPROVAL");
  });

  test("cannot make a kept key extractable along the way", async () => {
    const liar = livedLedger();
    const { state, target } = firstKey(liar);
    liar.states.set(state.id, { ...state, extractable: true });
    applyByAll(liar, liar.domain.propose({ act: "key.rotate", args: {}, target }));
    expect(await report(liar)).toBe("V_STATE");
  });

  test("cannot write down another state or outcome than its receipt signs", async () => {
    const ledger = livedLedger();
    const { target } = firstKey(ledger);
    const rotate = ledger.domain.propose({ act: "key.rotate", args: {}, target });
    for (const lie of [
      { result: "cancelled" },
      { leaf: 1 },
      { count: 2 },
      { size: 1 },
      { ts: 1 },
      { code: "E_X" },
    ] as const) {
      const one = livedLedger({ seed: ledger.domain.seed });
      one.apply(rotate, [one.domain.approve([rotate])], (receipt) => ({ ...receipt, ...lie }));
      expect(await report(one), JSON.stringify(lie)).toBe("V_RECEIPT");
    }
  });

  test("row 144: cannot date an entry before the one before it; only its administrators turn its clock back, and only its own", async () => {
    const spoofed = () => {
      const ledger = livedLedger();
      const { clock, agent } = ledger.domain;
      const now = clock.now();
      clock.advance(90 * 86_400);
      ledger.log.append({ kind: "agent.start", subject: agent.aid, actor: { kind: "agent" }, cause: { kind: "host" } });
      clock.setWall(now + 60);
      return ledger;
    };
    const honest = spoofed();
    applyByAll(honest, honest.domain.propose({ act: "clock.accept", args: { aid: honest.domain.agent.aid } }));
    expect(await report(honest)).toBe("holds");
    const silent = spoofed();
    applyByAll(silent, silent.domain.propose({ act: "domain.lock", args: {} }));
    expect(await report(silent)).toBe("V_STATE");
    const alone = spoofed();
    const { aid } = alone.domain.agent;
    alone.log.append({ kind: "clock.accept", subject: aid, actor: { kind: "agent" }, cause: { kind: "host" } });
    expect(await report(alone)).toBe("V_STATE");
    const ofOther = spoofed();
    applyByAll(ofOther, ofOther.domain.propose({ act: "clock.accept", args: { aid: new SoftwareAgent().aid } }));
    expect(await report(ofOther)).toBe("V_STATE");
    const late = spoofed();
    const command = late.domain.propose({ act: "clock.accept", args: { aid: late.domain.agent.aid } });
    late.domain.clock.setWall(late.domain.clock.now() + 4 * 86_400);
    applyByAll(late, command);
    expect(await report(late)).toBe("V_APPROVAL");
  });

  test("cannot give up entries without approval, other ones than were approved, or silently", async () => {
    const lost = [
      { size: 90, root: "E".repeat(43) },
      { size: 99, root: "I".repeat(43) },
    ];
    const given = (say: (args: object) => object | null, act = "log.acceptLoss") => {
      const ledger = livedLedger();
      const { size, root } = ledger.log;
      const args = { size, root, lost };
      const found = "A".repeat(22);
      const command =
        act === "log.acceptLoss"
          ? ledger.domain.propose({ act: "log.acceptLoss", args: { ...args, found } })
          : ledger.domain.propose({ act: "domain.unlock", args: {} });
      applyByAll(ledger, command);
      const data = say(args);
      const cause = { kind: "command", hash: command.hash } as const;
      const actor = { kind: "admins", ids: ledger.domain.roster.admins.map(({ adm }) => adm) } as const;
      if (data !== null)
        ledger.log.append({ kind: "loss", subject: ledger.domain.tid, actor, cause, data: data as never });
      else
        ledger.log.append({
          kind: "agent.start",
          subject: ledger.domain.agent.aid,
          actor: { kind: "agent" },
          cause: { kind: "host" },
        });
      return report(ledger);
    };
    expect(await given((args) => args)).toBe("holds");
    expect(await given((args) => ({ ...args, lost: lost.slice(1) }))).toBe("V_STATE");
    expect(await given((args) => ({ ...args, lost: [...lost, { size: 100, root: "A".repeat(43) }] }))).toBe("V_STATE");
    expect(await given((args) => ({ ...args, size: 1 }))).toBe("V_STATE");
    expect(await given(() => null)).toBe("V_STATE");
    expect(await given((args) => args, "domain.unlock")).toBe("V_STATE");
  });

  test("cannot step where the lifecycle has no step", async () => {
    const ledger = livedLedger();
    const { target } = firstKey(ledger);
    applyByAll(ledger, ledger.domain.propose({ act: "key.deactivate", args: {}, target }));
    expect(await report(ledger)).toBe("holds");
    applyByAll(ledger, ledger.domain.propose({ act: "key.resume", args: {}, target }));
    expect(await report(ledger)).toBe("V_STATE");
  });

  test("cannot change things while changes are locked", async () => {
    const ledger = livedLedger();
    const { domain } = ledger;
    applyByAll(ledger, domain.propose({ act: "domain.lock", args: {} }));
    applyByAll(ledger, domain.propose({ act: "key.suspend", args: {}, target: firstKey(ledger).target }));
    expect(await report(ledger)).toBe("holds");
    applyByAll(ledger, domain.propose({ act: "key.resume", args: {}, target: firstKey(ledger).target }));
    expect(await report(ledger)).toBe("V_STATE");
  });

  test("cannot destroy before the delay is over", async () => {
    const ledger = livedLedger();
    const { domain } = ledger;
    const { target } = firstKey(ledger);
    applyByAll(ledger, domain.propose({ act: "key.deactivate", args: {}, target }));
    applyByAll(ledger, domain.propose({ act: "key.destroy", args: {}, target }));
    expect(await report(ledger)).toBe("V_APPROVAL");
  });

  test("cannot call a key by another name than was approved", async () => {
    const ledger = livedLedger();
    const { domain } = ledger;
    const { target } = firstKey(ledger);
    applyByAll(ledger, domain.propose({ act: "key.rotate", args: {}, target: { ...target, label: "something else" } }));
    expect(await report(ledger)).toBe("V_NAME");
  });

  test("can lock changes at its host, and not unlock them there", async () => {
    const ledger = livedLedger();
    const { domain, log, states } = ledger;
    const before = states.get(domain.tid) as DomainStateDocument;
    const locked: DomainStateDocument = { ...before, locked: true };
    log.append({ kind: "domain.lock", subject: domain.tid, pre: stateHash(encodeState(before)), state: locked });
    states.set(domain.tid, locked);
    expect(await report(ledger)).toBe("holds");
    log.append({ kind: "domain.unlock", subject: domain.tid, pre: stateHash(encodeState(locked)), state: before });
    expect(await report(ledger)).toBe("V_STATE");
  });

  test("cannot date an entry before the one before it", async () => {
    const ledger = livedLedger();
    ledger.domain.clock.setWall(ledger.domain.clock.now() - 30);
    applyByAll(ledger, ledger.domain.propose({ act: "domain.lock", args: {} }));
    expect(await report(ledger)).toBe("V_STATE");
  });

  test("cannot change a state without a command, nor record use of what is not there", async () => {
    const quiet = livedLedger();
    const { state } = firstKey(quiet);
    const next: KeyStateDocument = {
      ...state,
      state: "suspended",
      versions: state.versions.map((each) => (each.state === "active" ? { ...each, state: "suspended" } : each)),
    };
    quiet.log.append({ kind: "key.suspend", subject: state.id, pre: stateHash(encodeState(state)), state: next });
    quiet.states.set(state.id, next);
    expect(await report(quiet)).toBe("V_STATE");
    const ghost = livedLedger();
    const use = { minute: 1, ops: { encrypt: 1 }, bytes: 1, root: ghost.log.root };
    ghost.log.append({
      kind: "use",
      subject: `k_${"a".repeat(26)}`,
      actor: { kind: "client", id: `c_${"a".repeat(26)}` },
      cause: { kind: "request" },
      data: use,
    });
    expect(await report(ghost)).toBe("V_STATE");
  });

  test("cannot leave a link of the chain out of the log, or a log's link out of the chain", async () => {
    const hidden = livedLedger();
    hidden.domain.extend((roster) => ({ ...roster, notAfter: roster.notAfter - 1 }));
    expect(await report(hidden)).toBe("V_ROSTER");
    const short = livedLedger();
    short.domain.extend((roster) => ({ ...roster, notAfter: roster.notAfter - 1 }));
    short.log.recordLinks();
    expect(await report(short)).toBe("holds");
    expect(await report(short, { change: (parts) => ({ ...parts, chain: parts.chain.slice(0, 1) }) })).toBe("V_ROSTER");
  });

  test("cannot attest to other keys, another log or other administrators", async () => {
    const ledger = livedLedger();
    expect(
      await report(ledger, { attest: (document) => ({ ...document, keys: { ...document.keys, count: 1 } }) }),
    ).toBe("V_ATTEST");
    expect(
      await report(ledger, {
        attest: (document) => ({ ...document, checkpoint: { ...document.checkpoint, size: 1 } }),
      }),
    ).toBe("V_ATTEST");
    expect(
      await report(ledger, { attest: (document) => ({ ...document, roster: { ...document.roster, seq: 1 } }) }),
    ).toBe("V_ATTEST");
    expect(await report(ledger, { attest: (document) => ({ ...document, ts: document.ts + 86_400 }) })).toBe(
      "V_ATTEST",
    );
  });

  test("cannot use a certificate of another authority, an authority's own, or one out of its time", async () => {
    const ledger = livedLedger();
    const reporter = new SoftwareReporter(ledger);
    const now = ledger.domain.clock.now();
    const { ca, report: key } = reporter;
    const issuer = `Holdfast ${ledger.domain.tid}`;
    const dates = { notBefore: now - 10, notAfter: now + 10 };
    const stranger = SoftwareKey.make("ES256");
    for (const certificate of [
      softwareCertificate({ subject: "report", issuer, key, by: stranger, ...dates }),
      softwareCertificate({ subject: "report", issuer: "another", key, by: ca, ...dates }),
      softwareCertificate({ subject: "report", issuer, key, by: ca, isAuthority: true, ...dates }),
      softwareCertificate({ subject: "report", issuer, key, by: ca, notBefore: now - 10, notAfter: now - 1 }),
      Uint8Array.of(1, 2, 3, 4),
    ]) {
      expect(await report(ledger, { change: (parts) => ({ ...parts, certificate }) })).toBe("V_CERTIFICATE");
    }
  });
});

test("another agent's signature counts for nothing", async () => {
  const ledger = livedLedger();
  const stranger = new SoftwareAgent("stranger");
  const at = ledger.log.entries.findIndex((entry) => entry.receipt);
  const doc = decodeBase64url(ledger.log.entries[at]?.receipt?.doc ?? "");
  const receipt = stranger.sign("receipt", "receipt", encodeReceipt(parseReceipt(doc)));
  const envelope = ledger.log.entries[at]?.envelope ?? "";
  ledger.log.attach(at, { receipt, envelope });
  expect(await codeOf(await new SoftwareReporter(ledger).bundle())).toBe("V_RECEIPT");
});
