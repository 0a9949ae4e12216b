import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  backupHash,
  type CheckedOrder,
  checkReleaseOrder,
  decodeBase64url,
  encodeBase32,
  encodeBase64url,
  encodeCommand,
  encodeEnvelope,
  encodeEscrowedManifest,
  encodeIntroduction,
  encodeSealedShares,
  introductionHash,
  parseCommand,
  parseEnvelope,
  parseReleaseOrder,
  parseSealedShares,
  referTo,
} from "@holdfast/protocol";
import {
  answerDrill,
  deriveRecipientKey,
  openOwnShare,
  type RecipientKey,
  type ReleasedShare,
  releaseShare,
  seal,
} from "@holdfast/protocol/custodian";
import { SoftwareAdministrator, SoftwareAgent } from "@holdfast/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { escrowChecks } from "../../admin/escrow-checks.ts";
import { escrowView } from "../../admin/escrow-routes.ts";
import { makeBackup } from "../../admin/make-backup.ts";
import { expectRefused } from "../../admission/testing/attack.ts";
import { PasskeyAgent } from "../../admission/testing/passkey-agent.ts";
import { readBackupFile } from "../backup/backup-file.ts";
import { type EscrowTrailer, verifyEscrowTrailer } from "../backup/escrow-trailer.ts";
import { beginReceiving, finishReceiving } from "./receive-backup.ts";
import { Receiving } from "./receiving.ts";

const NAMES = ["Maria", "Jonas", "Li"];

let agent: PasskeyAgent;
let folder: string;
let keys: RecipientKey[];
let path: string;
let trailer: EscrowTrailer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-release-"));
  agent = await PasskeyAgent.found({ administrators: [new SoftwareAdministrator(), new SoftwareAdministrator()] });
  await agent.key();
  keys = await Promise.all(NAMES.map((_, at) => deriveRecipientKey(new Uint8Array(32).fill(at + 1))));
  await enrol([0, 1, 2]);
  path = await backup("one");
  trailer = await trailerOf(path);
}, 60_000);
afterAll(async () => {
  await agent.close();
  rmSync(folder, { recursive: true, force: true });
});

const now = () => agent.domain.guard.time();

async function enrol(people: readonly number[], k = 2) {
  const custodians = people.map((at) => {
    const routes = [{ route: "file", hpke: encodeBase64url((keys[at] as RecipientKey).publicKey) }] as const;
    const object = { kind: "custodian", seat: encodeBase32(new Uint8Array(16).fill(at + 1)), routes } as const;
    return agent.domain.introductions.take(object, NAMES[at] ?? "", "page").reference;
  });
  return agent.apply("escrow.enrol", { args: { k, recoveryFile: false, custodians } });
}

async function backup(name: string): Promise<string> {
  const made = await makeBackup(agent.agent, agent.domain, join(folder, `${name}.holdfast-backup`));
  return made.path;
}

async function trailerOf(file: string): Promise<EscrowTrailer> {
  return (await readBackupFile(file)).escrow ?? expect.unreachable();
}

/** A receiving agent whose release both administrators have approved. */
async function approved(of = trailer): Promise<Receiving> {
  const receiving = await Receiving.begin(of, now);
  for (const by of [0, 1]) await receiving.approve(agent.approve([{ hash: receiving.releaseCmd }], { by }));
  return receiving;
}

async function orderOf(receiving: Receiving): Promise<CheckedOrder> {
  return checkReleaseOrder(parseReleaseOrder(receiving.order), now());
}

async function shareFor(receiving: Receiving, at: number): Promise<ReleasedShare> {
  return releaseShare(await orderOf(receiving), keys[at] as RecipientKey);
}

describe("a release", () => {
  test("restores the backup for any two of three custodians, and is put on record once the state is accepted", async () => {
    const dataDirectory = join(folder, "restored");
    const kek = { kind: "passphrase", passphrase: "a new long passphrase" } as const;
    const options = { backup: path, dataDirectory, keyDirectory: join(folder, "keys"), kek, now, reason: "" };
    const receiving = await beginReceiving(options);
    for (const by of [0, 1]) await receiving.approve(agent.approve([{ hash: receiving.releaseCmd }], { by }));
    const done = finishReceiving(receiving, options);
    for (const at of [2, 0]) await receiving.take(await shareFor(receiving, at));
    expect(await done).toMatchObject({ manifest: { tid: agent.domain.tid, keys: 1 } });
    expect(readdirSync(dataDirectory)).toContain("agent.db");
  });

  test("row 60: takes no share before enough administrators have approved it, and custodians' tools give none", async () => {
    const receiving = await Receiving.begin(trailer, now);
    await receiving.approve(agent.approve([{ hash: receiving.releaseCmd }], { by: 0 }));
    await expect(shareFor(receiving, 0)).rejects.toMatchObject({ code: "E_ARGS" });
    const other = await approved();
    const share = await shareFor(other, 0);
    await expect(receiving.take({ ...share, releaseCmd: receiving.releaseCmd })).rejects.toMatchObject({
      code: "E_RELEASE",
    });
    expect(receiving.progress()).toMatchObject({ have: 1, need: 2, given: [] });
  });

  test("counts no approval of another command, another person, or one administrator twice", async () => {
    const receiving = await Receiving.begin(trailer, now);
    const { releaseCmd } = receiving;
    await expect(receiving.approve(agent.approve([{ hash: "A".repeat(43) }]))).rejects.toMatchObject({
      code: "E_CRED_UNKNOWN",
    });
    const forged = { ...agent.approve([{ hash: `${"B".repeat(42)}A` }]), list: [releaseCmd] };
    await expect(receiving.approve(forged)).rejects.toMatchObject({ code: expect.stringMatching(/^E_ASSERT_/) });
    for (const _ of [1, 2]) await receiving.approve(agent.approve([{ hash: releaseCmd }]));
    expect(receiving.progress()).toMatchObject({ have: 1 });
    await expect(
      receiving.approve(agent.approve([{ hash: releaseCmd }], { by: 1, decision: 2 })),
    ).rejects.toMatchObject({ code: "E_ARGS" });
  });

  test("rows 161 and 162: names the custodian whose share is wrong, by one code and the same words whatever is wrong with it", async () => {
    const receiving = await approved();
    const right = await shareFor(receiving, 0);
    const [other, second] = [await approved(), await shareFor(receiving, 1)];
    const ofOtherRelease = await shareFor(other, 0);
    const otherBackup = await approved(await trailerOf(await backup("two")));
    const ofOtherBackup = await shareFor(otherBackup, 0);
    const flipped = encodeBase64url(decodeBase64url(right.ct).map((byte, at) => (at === 3 ? byte ^ 1 : byte)));
    const order = await orderOf(receiving);
    const made = await seal(
      decodeBase64url(order.command.args.recipient),
      new Uint8Array(),
      new Uint8Array(33).fill(1),
    );
    const wrong: ReleasedShare[] = [
      ofOtherRelease,
      { ...ofOtherRelease, releaseCmd: receiving.releaseCmd },
      { ...ofOtherBackup, releaseCmd: receiving.releaseCmd },
      { ...right, ct: flipped },
      { ...right, ct: "AAAA" },
      { ...right, enc: second.enc, ct: second.ct }, // another custodian's in this one's name
      { ...right, enc: encodeBase64url(made.enc), ct: encodeBase64url(made.ct) },
    ];
    const said = new Set<string>();
    for (const share of wrong) {
      const refusal = await receiving.take(share).catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: "E_SHARE", detail: { custodian: "Maria" } });
      said.add((refusal as Error).message);
    }
    expect([...said]).toEqual(["Maria's share does not open this backup."]);
    await expect(receiving.take({ ...right, seat: encodeBase32(new Uint8Array(16)) })).rejects.toMatchObject({
      code: "E_SHARE",
    });
    expect(receiving.progress().given).toEqual([]);
    await receiving.take(right);
    await receiving.take(second);
    expect(receiving.progress().given).toEqual(["Maria", "Jonas"]);
  });

  test("one share short stays open and shows nothing; the same share twice counts once", async () => {
    const receiving = await approved();
    let done = false;
    void receiving.complete().then(() => {
      done = true;
    });
    const share = await shareFor(receiving, 0);
    for (const _ of [1, 2]) await receiving.take(share);
    expect([done, receiving.progress()]).toMatchObject([false, { k: 2, given: ["Maria"] }]);
    receiving.close();
    await expect(receiving.take(await shareFor(receiving, 1))).rejects.toMatchObject({ code: "E_SHARE" });
  });

  test("row 58: a custodian's key swapped in the manifest is refused by file and custodians' tools, whoever signs it", async () => {
    const receiving = await approved();
    const thief = await deriveRecipientKey(new Uint8Array(32).fill(9));
    const { escrow } = trailer.manifest;
    const route = { route: "file", hpke: encodeBase64url(thief.publicKey) } as const;
    const custodians = escrow.custodians.map((each, at) => (at === 0 ? { ...each, routes: [route] } : each));
    const manifest = { ...trailer.manifest, escrow: { ...escrow, custodians } };
    const bytes = encodeEscrowedManifest(manifest);
    const { signature } = trailer.signedManifest;
    expect(() => verifyEscrowTrailer(trailer.signedShares, { bytes, signature })).toThrow(
      expect.objectContaining({ code: "E_BACKUP_SIGNATURE" }),
    );
    const swapped = { ...receiving.order, manifest: encodeBase64url(bytes) };
    await expect(checkReleaseOrder(swapped, now())).rejects.toMatchObject({ code: "E_SIG" });
    await expect(openOwnShare({ ...trailer, manifest }, thief)).rejects.toMatchObject({ code: "E_SIG" });
    const own = new SoftwareAgent("thief");
    const signed = encodeEscrowedManifest({ ...manifest, aid: own.aid, aik: own.aik.coseText });
    const manifestSig = own.sign("backup", "manifest", signed).sig;
    const resigned = { ...receiving.order, manifest: encodeBase64url(signed), manifestSig };
    const shares = parseSealedShares(trailer.signedShares.bytes);
    const ofIt = encodeSealedShares({ ...shares, manifest: backupHash(signed) });
    const renamed = { ...resigned, shares: encodeBase64url(ofIt) };
    await expect(checkReleaseOrder(resigned, now())).rejects.toMatchObject({ code: "E_TENANT" });
    await expect(checkReleaseOrder(renamed, now())).rejects.toMatchObject({ code: "E_SIG" });
    expect((await receiving.take(await shareFor(receiving, 0))).given).toEqual(["Maria"]);
  });

  test("is refused by a custodian's tool when anything of it is of another domain, backup or time", async () => {
    const receiving = await approved();
    const order = receiving.order;
    const two = await approved(await trailerOf(await backup("three")));
    await expect(checkReleaseOrder({ ...order, envelope: two.order.envelope }, now())).rejects.toMatchObject({
      code: "E_ARGS",
    });
    await expect(checkReleaseOrder({ ...order, shares: two.order.shares }, now())).rejects.toMatchObject({
      code: "E_TENANT",
    });
    await expect(checkReleaseOrder({ ...order, manifestSig: two.order.manifestSig }, now())).rejects.toMatchObject({
      code: "E_SIG",
    });
    await expect(checkReleaseOrder(order, now() + 100_000)).rejects.toMatchObject({ code: "E_EXPIRED" });
    const { doc } = parseEnvelope(decodeBase64url(order.envelope));
    const command = parseCommand(decodeBase64url(doc));
    const long = encodeCommand({ ...command, exp: command.issued + 30 * 86_400 });
    const envelope = encodeBase64url(encodeEnvelope({ typ: "env", ver: 1, doc: encodeBase64url(long), approvals: [] }));
    await expect(checkReleaseOrder({ ...order, envelope }, now())).rejects.toMatchObject({
      ...{ code: "E_EXPIRED", detail: { maxTtlSec: expect.any(Number) } },
    });
    const empty = encodeBase64url(new TextEncoder().encode("{}"));
    await expect(checkReleaseOrder({ ...order, shares: empty }, now())).rejects.toMatchObject({
      code: "E_UNSUPPORTED",
    });
  });
});

describe("a drill", () => {
  const secretsOf = async () => {
    const { share } = await openOwnShare(trailer, keys[0] as RecipientKey);
    return Buffer.from(share).toString("base64url");
  };

  async function begun() {
    const { hash } = await agent.apply("escrow.drill", { args: { backup: trailer.hash } });
    agent.domain.drills.begin(hash, trailer);
    return { hash, drill: agent.domain.drills.open() ?? expect.unreachable() };
  }

  test("puts a right answer on record, and shows nothing of the share", async () => {
    const { hash, drill } = await begun();
    const size = agent.domain.log.size;
    const { seat, answer } = await answerDrill(trailer, keys[0] as RecipientKey, () => drill.nonce);
    agent.domain.drills.answer(hash, seat, answer);
    agent.domain.drills.answer(hash, seat, answer);
    expect(agent.kinds(size)).toEqual(["drill"]);
    expect(agent.domain.index.drilledAt(seat)).toBe(now());
    const [entry] = agent.domain.log.entries(size, 1);
    expect(Buffer.from(entry?.leaf ?? "", "base64url").toString()).not.toContain(await secretsOf());
  });

  test("takes no answer of an earlier drill, of another custodian or of another command", async () => {
    const first = await begun();
    const old = await answerDrill(trailer, keys[0] as RecipientKey, () => first.drill.nonce);
    const { hash, drill } = await begun();
    expect(drill.nonce).not.toBe(first.drill.nonce);
    const jonas = await answerDrill(trailer, keys[1] as RecipientKey, () => drill.nonce);
    const { drills } = agent.domain;
    expect(() => drills.answer(hash, old.seat, old.answer)).toThrow(
      expect.objectContaining({ code: "E_SHARE", detail: { custodian: "Maria" } }),
    );
    expect(() => drills.answer(hash, old.seat, jonas.answer)).toThrow(expect.objectContaining({ code: "E_SHARE" }));
    expect(() => drills.answer(first.hash, jonas.seat, jonas.answer)).toThrow(
      expect.objectContaining({ code: "E_DRILL" }),
    );
  });

  test("opens only once administrators have approved it", async () => {
    const command = agent.propose("escrow.drill", { args: { backup: trailer.hash } });
    await agent.deliver(command, 0);
    const before = agent.domain.drills.open()?.cmd;
    agent.domain.drills.begin(command.hash, trailer);
    expect(agent.domain.drills.open()?.cmd).toBe(before);
    await agent.deliver(command, 1);
    expect(agent.domain.drills.open()?.cmd).toBe(command.hash);
  });
});

describe("custodians", () => {
  test("row 58: are not swapped in the command that enrols them: it takes what they gave to this key server", async () => {
    const routes = (at: number) =>
      [{ route: "file", hpke: encodeBase64url((keys[at] as RecipientKey).publicKey) }] as const;
    const object = { kind: "custodian", seat: encodeBase32(new Uint8Array(16).fill(1)), routes: routes(0) } as const;
    const taken = agent.domain.introductions.take(object, "Maria", "page");
    const bytes = encodeIntroduction({ ...taken.introduction, object: { ...object, routes: routes(2) } });
    const args = { k: 1, recoveryFile: true, custodians: [referTo(introductionHash(bytes))] };
    const command = agent.propose("escrow.enrol", { args });
    const approvals = [0, 1].map((by) => agent.approve([command], { by }));
    const intros = [encodeBase64url(bytes)];
    const swapped = encodeEnvelope({ typ: "env", ver: 1, doc: command.doc, approvals, intros });
    const escrow = JSON.stringify(agent.domain.keystore.domain());
    await expectRefused(agent, swapped, "E_INTRO");
    expect(JSON.stringify(agent.domain.keystore.domain())).toBe(escrow);
  });

  test("are refused when more are needed than there are, or one is there twice", async () => {
    expect(await enrol([0, 1], 3)).toMatchObject({ outcome: "refused", code: "E_ARGS" });
    expect(await enrol([0, 1, 1])).toMatchObject({ outcome: "refused", code: "E_ARGS" });
  });

  test("who never proved a share are named by the doctor", async () => {
    const check = escrowChecks(agent.domain).find(({ name }) => name === "custodians");
    expect(check).toMatchObject({ result: "warning", what: expect.stringContaining("Li") });
  });

  test("who are removed hold shares of older backups, which are due for new ones", async () => {
    expect(escrowView(agent.domain).reescrowDue).toBe(0);
    const older = escrowView(agent.domain).backups.length;
    expect(await enrol([0, 1])).toMatchObject({ outcome: "applied" });
    expect(escrowChecks(agent.domain)).toMatchObject([{ name: "custodians", result: "bad" }]);
    await backup("after");
    const view = escrowView(agent.domain);
    expect(view.reescrowDue).toBe(older);
    expect(view.backups.at(-1)).toMatchObject({ n: 2, reescrowDue: false });
    expect(escrowChecks(agent.domain).map(({ name }) => name)).toContain("older backups");
  });
});
