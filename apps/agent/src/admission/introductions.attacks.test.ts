import { createHash, createPublicKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import {
  type BuiltCommand,
  encodeBase64url,
  encodeEnvelope,
  encodeIntroduction,
  type Introduction,
  introductionHash,
  referTo,
} from "@holdfast/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TakenIntroduction } from "../introductions/introductions.ts";
import { readOffer } from "../introductions/read-offer.ts";
import { PasskeyAgent } from "./testing/passkey-agent.ts";
import { withstand } from "./testing/withstand.ts";

let agent: PasskeyAgent;
beforeAll(async () => {
  agent = await PasskeyAgent.found();
});
afterAll(() => agent.close());

const newKey = () =>
  generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ type: "spki", format: "pem" }) as string;
const take = async (kind: "client-key" | "custodian", pem = newKey()): Promise<TakenIntroduction> =>
  agent.domain.introductions.take(await readOffer(kind, pem), "Shop", "page");
const enrol = (reference: string, label = "Shop") =>
  agent.propose("client.enrol", {
    args: {
      label,
      auth: { kind: "own-key", key: reference, validitySec: 86_400 },
      grants: [{ ops: ["encrypt"], keys: { kind: "own" } }],
    },
  });

function envelope(command: BuiltCommand, intros?: readonly string[]): Uint8Array {
  const approvals = [agent.approve([command])];
  return encodeEnvelope({ typ: "env", ver: 1, doc: command.doc, approvals, ...(intros ? { intros } : {}) });
}

const deliver = (command: BuiltCommand, intros?: readonly string[]) =>
  agent.domain.admission.deliver(envelope(command, intros), "mailbox");

/** An introduction as the control plane would write it: right in every form, and never given to this agent. */
function forged(of: TakenIntroduction, change: Partial<Introduction>): { doc: string; reference: string } {
  const bytes = encodeIntroduction({ ...of.introduction, ...change });
  return { doc: encodeBase64url(bytes), reference: referTo(introductionHash(bytes)) };
}

async function expectIntro(command: BuiltCommand, intros?: readonly string[]): Promise<void> {
  const decided = await withstand(agent, "E_INTRO", () => deliver(command, intros));
  expect(decided).toMatchObject({ outcome: "refused", code: "E_INTRO" });
}

describe("a command that names a newcomer's key", () => {
  test("enrols exactly that key, with the envelope as evidence, and hands out no private key", async () => {
    const pem = newKey();
    const taken = await take("client-key", pem);
    const decided = await deliver(enrol(taken.reference), [taken.doc]);
    expect(decided).toMatchObject({ outcome: "applied" });
    expect(decided.files?.map(({ name }) => name)).toEqual(["client.crt", "ca.crt"]);
    const certificate = new X509Certificate(Buffer.from(decided.files?.[0]?.base64 ?? "", "base64"));
    const spki = createPublicKey(pem).export({ type: "spki", format: "der" });
    expect(certificate.publicKey.export({ type: "spki", format: "der" })).toEqual(spki);
    const identity = createHash("sha256").update(spki).digest("base64url");
    expect(agent.domain.keystore.findClientBySpki(identity)).toMatchObject({ label: "Shop", state: "active" });
    const [entry] = agent.domain.log.entries(decided.leaf ?? 0, 1);
    expect(Buffer.from(entry?.envelope ?? "", "base64url").toString()).toContain(taken.doc);
  });

  test("needs only the hash from whoever proposes it: the agent puts in what it took", async () => {
    const taken = await take("client-key");
    const command = enrol(taken.reference);
    expect(agent.domain.admission.find(command.hash)).toBeNull();
    await agent.domain.admission.deliver(
      encodeEnvelope({ typ: "env", ver: 1, doc: command.doc, approvals: [] }),
      "mailbox",
    );
    expect(agent.domain.admission.find(command.hash)?.intros).toEqual([taken.doc]);
    await agent.restart();
    expect(await agent.touch([command])).toMatchObject([{ outcome: "applied" }]);
  });

  test("row 123: is refused E_INTRO when the control plane puts a key of its own in", async () => {
    const taken = await take("client-key");
    const object = await readOffer("client-key", newKey());
    const swapped = forged(taken, { object });
    await expectIntro(enrol(swapped.reference), [swapped.doc]);
    await expectIntro(enrol(swapped.reference));
    await expectIntro(enrol(taken.reference), [swapped.doc]);
    expect(await deliver(enrol(taken.reference), [taken.doc])).toMatchObject({ outcome: "applied" });
  });

  test("is refused E_INTRO when what was introduced is of another kind", async () => {
    const custodian = await take("custodian");
    await expectIntro(enrol(custodian.reference), [custodian.doc]);
  });

  test("is refused E_INTRO when it brings more than it names", async () => {
    const [one, other] = [await take("client-key"), await take("client-key")];
    await expectIntro(enrol(one.reference), [one.doc, other.doc]);
    await expectIntro(enrol(one.reference), [one.doc, one.doc]);
  });

  test("is refused E_INTRO after the newcomer's key was removed, or its week is over", async () => {
    const removed = await take("client-key");
    const command = enrol(removed.reference);
    agent.domain.introductions.remove(removed.hash);
    await expectIntro(command, [removed.doc]);
    const late = await take("client-key");
    agent.clock.advance(7 * 86_400 + 1);
    await expectIntro(enrol(late.reference), [late.doc]);
  });

  test("is refused E_PRESTATE for a key that a client has, or had before it was withdrawn", async () => {
    const pem = newKey();
    const first = await take("client-key", pem);
    const { hash } = await deliver(enrol(first.reference, "first"), [first.doc]);
    const again = await take("client-key", pem);
    const refused = { outcome: "refused", code: "E_PRESTATE" };
    expect(await deliver(enrol(again.reference, "again"))).toMatchObject(refused);
    expect(hash).toMatch(/^.{43}$/);
    expect(await agent.apply("client.revoke", { client: "first" })).toMatchObject({ outcome: "applied" });
    expect(await deliver(enrol(again.reference, "anew"))).toMatchObject(refused);
  });

  test("keeps waiting approvals and its introduction together", async () => {
    const taken = await take("client-key");
    const command = enrol(taken.reference);
    await agent.domain.admission.deliver(
      encodeEnvelope({ typ: "env", ver: 1, doc: command.doc, approvals: [], intros: [taken.doc] }),
      "mailbox",
    );
    const found = agent.domain.admission.find(command.hash);
    expect(found).toMatchObject({ status: "pending", dryRun: { ok: true }, intros: [taken.doc] });
    agent.domain.introductions.remove(taken.hash);
    expect(agent.domain.admission.find(command.hash)?.dryRun).toMatchObject({ ok: false, code: "E_INTRO" });
    expect(await agent.touch([command])).toMatchObject([{ outcome: "refused", code: "E_INTRO" }]);
  });
});
