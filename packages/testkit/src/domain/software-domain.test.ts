import {
  acceptRosterLink,
  type NewKey,
  openEntry,
  parseCommand,
  parseRegistration,
  registerChallenge,
  verifyAssertion,
  verifyReceipt,
} from "@holdfast/protocol";
import { leafHash, logOrigin, openCheckpoint, verifyInclusion } from "@holdfast/tlog";
import { describe, expect, test } from "vitest";
import { SoftwareLedger } from "../log/software-ledger.ts";
import { SoftwarePasskey } from "../passkey/software-passkey.ts";
import { SoftwareAdministrator } from "./software-administrator.ts";
import { SoftwareDomain } from "./software-domain.ts";

const KEY: NewKey = {
  label: "Orders",
  algorithm: "AES-256",
  usage: ["encrypt", "decrypt"],
  group: "default",
  extractable: false,
};

describe("a software domain", () => {
  test.each([
    ["one administrator", { administrators: 1 }],
    ["three administrators", { administrators: 3 }],
    ["a local administrator", { local: true }],
  ])("of %s has a chain that the protocol accepts", async (_, options) => {
    const domain = SoftwareDomain.found({ seed: "domain", ...options });
    expect(await domain.verified()).toMatchObject({ tid: domain.tid, head: { hash: domain.hash } });
  });

  test("is the same bytes for the same seed", () => {
    expect(SoftwareDomain.found({ seed: "one" }).links).toEqual(SoftwareDomain.found({ seed: "one" }).links);
    expect(SoftwareDomain.found({ seed: "two" }).tid).not.toBe(SoftwareDomain.found({ seed: "one" }).tid);
  });

  test("goes on with links that the protocol accepts", async () => {
    const domain = SoftwareDomain.found({ administrators: 1 });
    const before = (await domain.verified()).head;
    const grace = new SoftwareAdministrator({ label: "Grace" });
    const link = domain.extend((roster) => ({ ...roster, admins: [...roster.admins, grace.rosterEntry()] }), {
      added: [grace],
    });
    expect((await acceptRosterLink(before, link, domain.clock.now())).hash).toBe(domain.hash);
    expect((await domain.verified()).rosters).toHaveLength(2);
  });

  test("writes commands, receipts, entries and checkpoints that verify", async () => {
    const ledger = SoftwareLedger.found({ administrators: 2 });
    const { domain, log } = ledger;
    const create = domain.propose({ act: "key.create", args: { items: [KEY] } });
    expect(parseCommand(create.bytes)).toMatchObject({ act: "key.create", tid: domain.tid });
    const created = ledger.apply(create);
    const [keyId = ""] = created.ids;
    const target = { kind: "key", keyId, label: "Orders", group: "default" } as const;
    ledger.apply(domain.propose({ act: "key.rotate", args: {}, target, expect: { head: created.leaf } }));
    const receipt = await verifyReceipt(created.signed, domain.agent.aik.coseText);
    expect(receipt).toMatchObject({ result: "applied", leaf: created.leaf, cmd: create.hash });
    const opened = log.entries.map(openEntry);
    expect(opened.at(-1)?.state).toMatchObject({ id: keyId, current: 2 });
    const { key } = domain.agent.noteSigner(domain.tid);
    const checkpoint = await openCheckpoint(log.checkpoint(), logOrigin(domain.tid), [key]);
    for (const [index, { bytes }] of opened.entries()) {
      const { size, root } = checkpoint;
      verifyInclusion({ index, size, root, leaf: leafHash(bytes), proof: log.inclusion(index) });
    }
  });
});

describe("a software passkey", () => {
  test.each(["ES256", "EdDSA", "RS256"] as const)("of %s registers and asserts as the protocol asks", async (alg) => {
    const passkey = new SoftwarePasskey({ alg, be: true });
    const challenge = registerChallenge({ aid: "a", inviteId: "b", adm: "c" });
    const { rpId, origin } = passkey;
    for (const self of [false, true]) {
      const registered = await parseRegistration(passkey.create(challenge, { self }), { challenge, rpId, origin });
      expect(registered).toMatchObject({ credId: passkey.credId, alg, be: true, att: self ? "self" : "none" });
    }
    for (const shape of ["chromium", "safari", "firefox", "reordered"] as const) {
      const facts = await verifyAssertion(
        passkey.get(challenge, { shape, counter: 7 }),
        passkey.credential(),
        challenge,
      );
      expect(facts).toEqual({ signCount: 7, backedUp: true });
    }
  });
});
