import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RootKey } from "@holdfast/crypto";
import { exportRootForAgent } from "@holdfast/crypto/egress";
import {
  decodeBase64url,
  docHash,
  encodeBase64url,
  encodeRootTransfer,
  evidenceQuestion,
  type JoinBundle,
  parseRootTransfer,
  type RootTransfer,
  type RootTransferFile,
  rawSignatureBase,
  rootTransferInfo,
  type Untrusted,
  wordsOf,
} from "@holdfast/protocol";
import { SoftwareAdministrator, SoftwareAgent, SoftwareDomain, SoftwareTpm } from "@holdfast/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { joinBundle, rootTransfer } from "../../admin/join-routes.ts";
import { PasskeyAgent } from "../../admission/testing/passkey-agent.ts";
import { Agent } from "../../agent.ts";
import { initAgent } from "../../init-agent.ts";
import { createLogger } from "../../logger.ts";
import { findMembership } from "../../roster/membership.ts";
import { deliver, draft } from "../../roster/testing/links.ts";
import { openMemberWitness } from "../../witness-service/member-witness.ts";
import { testRecovery } from "../testing/test-recovery.ts";
import { beginJoin, takeRoot } from "./join-domain.ts";
import { peekIdentity } from "./peek-identity.ts";

let agent: PasskeyAgent;
let ada: SoftwareAdministrator;
let folder: string;
let second: string;

beforeEach(async () => {
  ada = new SoftwareAdministrator({ label: "Ada" });
  agent = await PasskeyAgent.found({ administrators: [ada] });
  folder = mkdtempSync(join(tmpdir(), "holdfast-join-"));
  second = join(folder, "data");
  await initAgent({
    ...{ dataDirectory: second, keyDirectory: join(folder, "keys"), name: "server 2", standalone: false },
    ...{ kek: { kind: "file" }, recoveryPassphrase: await testRecovery() },
  });
});
afterEach(async () => {
  await agent.close();
  rmSync(folder, { recursive: true, force: true });
});

const words = () => wordsOf(agent.domain.tid).join(" ");
const bundle = () => joinBundle(agent.domain).bundle as Untrusted<JoinBundle>;
const pin = () => beginJoin(second, bundle(), words());
const take = (file: unknown) => takeRoot(second, file as Untrusted<RootTransferFile>, agent.clock.now());
const send = () => rootTransfer(agent.agent, peekIdentity(second).aid);
const state = () => JSON.stringify([...agent.domain.keystore.keys()]);

/** Introduces the second agent and has Ada take it in. */
async function takeIn(request: Awaited<ReturnType<typeof pin>>) {
  const { doc } = agent.domain.introductions.take({ kind: "agent", agent: request.agent }, "server 2", "cli");
  const { agents } = agent.domain.rosters.current().roster;
  return deliver(agent, draft(agent, { agents: [...agents, request.agent] }, [doc]), ada);
}

/** What the first agent would have signed, changed before it signs. */
function signed(file: RootTransferFile, change: Partial<RootTransfer>): RootTransferFile {
  const given = parseRootTransfer(decodeBase64url(file.transfer.doc));
  const bytes = encodeRootTransfer({ ...given, ...change });
  const sig = agent.domain.keys.aik.sign(rawSignatureBase("rootxfer", docHash("rootxfer", bytes)));
  return { ...file, transfer: { doc: encodeBase64url(bytes), sig: encodeBase64url(sig) } };
}

describe("a key server that joins", () => {
  test("row 51: a genesis of the operator's own has other words, and nothing of it is believed", async () => {
    const theirs = SoftwareDomain.found();
    const lie = (tid: string) =>
      ({ file: "join-bundle", ver: 1, tid, chain: theirs.links, store: "none" }) as unknown as Untrusted<JoinBundle>;
    for (const tid of [theirs.tid, agent.domain.tid])
      await expect(beginJoin(second, lie(tid), words())).rejects.toMatchObject({ code: "E_GENESIS" });
    expect(findMembership(second)).toBeNull();
    await expect(pin()).resolves.toMatchObject({ tid: agent.domain.tid, agent: { label: "server 2" } });
    await expect(beginJoin(second, lie(theirs.tid), wordsOf(theirs.tid).join(" "))).rejects.toMatchObject({
      code: "E_TENANT",
    });
    expect(findMembership(second)).toMatchObject({ tid: agent.domain.tid, checkpoint: null });
  });

  test("is taken in by a link, receives the root key once, and serves no keys of its own", async () => {
    const request = await pin();
    expect(await takeIn(request)).toMatchObject({ outcome: "applied" });
    const before = agent.domain.log.size;
    const file = await send();
    expect(agent.kinds(before)).toEqual(["root.send"]);
    await expect(take(file)).resolves.toMatchObject({ tid: agent.domain.tid });
    expect(peekIdentity(second)).toMatchObject({ rootCommit: agent.agent.identity.rootCommit, aid: request.agent.aid });
    await expect(take(file)).resolves.toMatchObject({ tid: agent.domain.tid });
    const logger = createLogger(() => undefined);
    await expect(Agent.open({ dataDirectory: second, pageOrigin: null, logger })).rejects.toMatchObject({
      code: "E_JOINED",
    });
  });
});

describe("a key server that has joined", () => {
  test("is a witness of the domain's log at run time, and of no other", async () => {
    const now = () => agent.clock.now();
    expect(openMemberWitness(second, { now })).toBeNull();
    await takeIn(await pin());
    await take(await send());
    const witness = openMemberWitness(second, { now });
    agent.domain.log.signCheckpoint();
    const shown = (note: string) => witness?.addCheckpoint(Buffer.from(`old 0\n\n${note}`, "utf8"));
    await expect(shown(agent.domain.log.checkpoint())).resolves.toMatchObject({ status: 200 });
    const other = await PasskeyAgent.found({ administrators: [ada] });
    await expect(shown(other.domain.log.checkpoint())).resolves.toMatchObject({ status: 404 });
    await other.close();
  });
});

describe("the root key", () => {
  test("row 53: goes to no agent that the administrators have not taken in, and the refusal is on record", async () => {
    const request = await pin();
    const before = { state: state(), size: agent.domain.log.size, counted: agent.counted("E_ROOT") };
    for (const aid of [request.agent.aid, new SoftwareAgent().aid, agent.domain.aid])
      await expect(rootTransfer(agent.agent, aid)).rejects.toMatchObject({ code: "E_ROOT" });
    expect([state(), agent.domain.log.size]).toEqual([before.state, before.size]);
    expect(agent.counted("E_ROOT")).toBe(before.counted + 3);
    const stranger = { ...request.agent, hpke: encodeBase64url(new SoftwareAgent().hpke) };
    const { agents } = agent.domain.rosters.current().roster;
    const unheard = draft(agent, { agents: [...agents, stranger] });
    expect(await deliver(agent, unheard, ada)).toMatchObject({ outcome: "refused", code: "E_INTRO" });
    expect(await takeIn(request)).toMatchObject({ outcome: "applied" });
    await expect(take(await send())).resolves.toMatchObject({ tid: agent.domain.tid });
  });

  test("is taken from nobody but an agent of the roster, for this agent, under the newest roster, and as committed to", async () => {
    const early = await pin();
    await takeIn(early);
    const file = await send();
    const given = parseRootTransfer(decodeBase64url(file.transfer.doc));
    const own = peekIdentity(second);
    const resealed = async (header: RootTransfer, root: RootKey) => {
      const sealed = await exportRootForAgent(root, decodeBase64url(own.hpke), rootTransferInfo(header));
      return signed(file, { ...header, enc: encodeBase64url(sealed.enc), ct: encodeBase64url(sealed.ct) });
    };
    const other = { ...given, checkpoint: encodeBase64url(Buffer.from("no note", "ascii")) };
    const lies: [what: string, file: unknown, code: string][] = [
      ["another sender", signed(file, { from: new SoftwareAgent().aid }), "E_ROOT"],
      ["another receiver", signed(file, { to: agent.domain.aid }), "E_ROOT"],
      ["another domain", signed(file, { tid: SoftwareDomain.found().tid }), "E_ROOT"],
      ["the roster before", { ...signed(file, { roster: { seq: 0, hash: "A".repeat(43) } }) }, "E_ROOT"],
      ["a shorter chain", { ...file, chain: file.chain.slice(0, -1) }, "E_ROOT"],
      ["another checkpoint", await resealed(other, agent.domain.keys.root), "E_ROOT"],
      ["another encapsulated key", signed(file, { enc: own.hpke }), "E_ROOT"],
      ["another ciphertext", signed(file, { ct: encodeBase64url(new Uint8Array(48)) }), "E_ROOT"],
      ["another root key", await resealed(given, RootKey.generate()), "E_ROOT"],
      ["no signature", { ...file, transfer: { ...file.transfer, sig: "AAAA" } }, "E_SIG"],
    ];
    const before = [peekIdentity(second), findMembership(second)];
    for (const [what, lie, code] of lies) await expect(take(lie), what).rejects.toMatchObject({ code });
    expect([peekIdentity(second), findMembership(second)]).toEqual(before);
    await expect(take(file)).resolves.toMatchObject({ tid: agent.domain.tid });
  });

  test("is not sent while the domain is locked", async () => {
    await takeIn(await pin());
    await agent.apply("domain.lock", { args: {} });
    await expect(send()).rejects.toMatchObject({ code: "E_LOCKED" });
    await agent.apply("domain.unlock", { args: {} });
    await expect(send()).resolves.toMatchObject({ file: "root-transfer" });
  });
});

describe("a machine's evidence", () => {
  test("row 54: copied from another key server it takes nobody in, whoever approves, and where rules ask for it none comes without", async () => {
    const tpm = new SoftwareTpm("kelp host");
    const rules = draft(agent, { evidence: { roots: tpm.allowed.roots } });
    expect(await deliver(agent, rules, ada)).toMatchObject({ outcome: "applied" });
    const evidenceOf = (aik: string) => {
      const { message, signature } = tpm.quote(evidenceQuestion(aik));
      const x5c = tpm.chain.map(encodeBase64url);
      return [{ kind: "tpm", quote: encodeBase64url(message), sig: encodeBase64url(signature), x5c }] as const;
    };
    const request = await pin();
    const before = { state: state(), counted: agent.counted("E_EVIDENCE") };
    const copied = { ...request, agent: { ...request.agent, evidence: evidenceOf(agent.agent.identity.aik) } };
    expect(await takeIn(copied)).toMatchObject({ outcome: "refused", code: "E_EVIDENCE" });
    expect(await takeIn(request)).toMatchObject({ outcome: "refused", code: "E_EVIDENCE" });
    expect([state(), agent.counted("E_EVIDENCE")]).toEqual([before.state, before.counted + 2]);
    const honest = await beginJoin(second, bundle(), words(), evidenceOf(request.agent.aik));
    expect(await takeIn(honest)).toMatchObject({ outcome: "applied" });
  });
});
