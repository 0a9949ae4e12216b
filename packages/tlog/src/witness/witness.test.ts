import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatCheckpoint, openCheckpoint } from "../checkpoint/checkpoint.ts";
import { verifyCosignatures } from "../cosignature/cosignature.ts";
import { leafHash } from "../merkle/hash.ts";
import { consistencyProof } from "../merkle/proof.ts";
import { MemoryTree, rootAt } from "../merkle/tree.ts";
import { parseNote, parseSignatureLines } from "../note/note.ts";
import { NOTE_TYPE, noteKey, parseVkey } from "../note/note-key.ts";
import { type NoteSigner, signNote } from "../note/sign-note.ts";
import { acceptCheckpoint, type WitnessedLog, type WitnessHead } from "./accept-checkpoint.ts";
import { formatAddCheckpoint, parseAddCheckpoint } from "./add-checkpoint.ts";
import { addCosignatures, assertNoEquivocation, openWitnessedCheckpoint } from "./witness-policy.ts";

const ORIGIN = "holdfast/abcdefghijklmnopqrstuvwxyz";

async function makeSigner(name: string, type: 1 | 4): Promise<NoteSigner> {
  const pair = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const sign = async (message: Uint8Array) =>
    new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, new Uint8Array(message)));
  return { key: noteKey(name, type, publicKey), sign };
}

async function scene() {
  const log = await makeSigner(ORIGIN, NOTE_TYPE.ed25519);
  const witness = await makeSigner("witness.example/w1", NOTE_TYPE.cosignature);
  const tree = new MemoryTree();
  for (let n = 0; n < 20; n++) tree.append(leafHash(Uint8Array.of(n)));
  const head = (size: number): WitnessHead => ({ size, root: rootAt(size, tree.getNode) });
  const known =
    (stored: WitnessHead) =>
    (origin: string): WitnessedLog | null =>
      origin === ORIGIN ? { keys: [log.key], head: stored } : null;
  const note = async (size: number, root = rootAt(size, tree.getNode), signer = log, origin = ORIGIN) =>
    parseNote(await signNote(formatCheckpoint({ origin, size, root }), [signer]));
  const request = async (oldSize: number, size: number) => ({
    oldSize,
    proof: consistencyProof(oldSize, size, tree.getNode),
    note: await note(size),
  });
  return { log, witness, tree, head, known, note, request };
}

describe("a witness", () => {
  test("cosigns a first checkpoint and each consistent one after it; the line verifies", async () => {
    const { witness, head, known, request, log } = await scene();
    for (const [stored, oldSize, size] of [
      [null, 0, 7],
      [head(7), 7, 13],
      [head(13), 13, 13],
    ] as const) {
      const body = formatAddCheckpoint(await request(oldSize, size));
      const answer = await acceptCheckpoint(body, known(stored));
      if (answer.status !== 200) throw answer;
      expect(answer.checkpoint.size).toBe(size);
      const line = await answer.cosign(witness, 1_700_000_000);
      const cosigned = await addCosignatures(answer.checkpoint.note, line, [witness.key]);
      expect(await verifyCosignatures(cosigned, [witness.key])).toEqual([{ key: witness.key, time: 1_700_000_000 }]);
      const opened = await openWitnessedCheckpoint(
        cosigned,
        { origin: ORIGIN, keys: [log.key] },
        { witnesses: [witness.key], required: 1 },
      );
      expect(opened.cosignatures).toHaveLength(1);
    }
  });

  test("row 68: answers 404 for an unknown log and 403 for a checkpoint its log did not sign", async () => {
    const { known, note, tree } = await scene();
    const stranger = await makeSigner(ORIGIN, NOTE_TYPE.ed25519);
    const other = formatAddCheckpoint({
      oldSize: 0,
      proof: [],
      note: await note(3, rootAt(3, tree.getNode), stranger, "holdfast/other"),
    });
    expect(await acceptCheckpoint(other, known(null))).toMatchObject({ status: 404 });
    const forged = formatAddCheckpoint({
      oldSize: 0,
      proof: [],
      note: await note(3, rootAt(3, tree.getNode), stranger),
    });
    expect(await acceptCheckpoint(forged, known(null))).toMatchObject({ status: 403 });
  });

  test("answers 409 with its own size when the old size is another, also after losing a race", async () => {
    const { known, head, request } = await scene();
    const answer = await acceptCheckpoint(formatAddCheckpoint(await request(7, 13)), known(head(9)));
    expect(answer).toEqual({
      ...{ status: 409, contentType: "text/x.tlog.size", body: "9\n" },
      signed: expect.objectContaining({ size: 13 }),
    });
    expect(await acceptCheckpoint(formatAddCheckpoint(await request(7, 13)), known(null))).toMatchObject({
      status: 409,
      body: "0\n",
    });
  });

  test("row 68: answers 400 for an old size above the checkpoint and for anything it cannot parse", async () => {
    const { known, head, note } = await scene();
    const backwards = formatAddCheckpoint({ oldSize: 9, proof: [], note: await note(7) });
    expect(await acceptCheckpoint(backwards, known(head(9)))).toMatchObject({ status: 400 });
    expect(await acceptCheckpoint("old 01\n\nx", known(null))).toMatchObject({ status: 400 });
    expect(await acceptCheckpoint(new Uint8Array(100_000), known(null))).toMatchObject({ status: 400 });
  });

  test("row 68: answers 422 for a proof that does not fit, a proof from nothing, and a rewritten history", async () => {
    const { known, head, request, note } = await scene();
    const good = await request(7, 13);
    expect(
      await acceptCheckpoint(formatAddCheckpoint({ ...good, proof: good.proof.slice(1) }), known(head(7))),
    ).toMatchObject({ status: 422 });
    expect(await acceptCheckpoint(formatAddCheckpoint({ ...good, oldSize: 0 }), known(null))).toMatchObject({
      status: 422,
    });
    const rewritten = formatAddCheckpoint({ ...good, note: await note(13, leafHash(Uint8Array.of(99))) });
    expect(await acceptCheckpoint(rewritten, known(head(7)))).toMatchObject({ status: 422 });
    const emptyWithRoot = formatAddCheckpoint({
      oldSize: 0,
      proof: [],
      note: await note(0, leafHash(Uint8Array.of(1))),
    });
    expect(await acceptCheckpoint(emptyWithRoot, known(null))).toMatchObject({ status: 422 });
  });

  test("keeps the evidence when a log signs two roots of one size", async () => {
    const { known, head, note, log } = await scene();
    const forked = await note(7, leafHash(Uint8Array.of(99)));
    const answer = await acceptCheckpoint(formatAddCheckpoint({ oldSize: 7, proof: [], note: forked }), known(head(7)));
    expect(answer).toMatchObject({ status: 409, contentType: "text/x.tlog.size", body: "7\n", evidence: { size: 7 } });
    const honest = await openCheckpoint(await note(7), ORIGIN, [log.key]);
    const other = await openCheckpoint(forked, ORIGIN, [log.key]);
    expect(() => assertNoEquivocation(honest, other)).toThrow(expect.objectContaining({ code: "W_EQUIVOCATION" }));
    expect(() => assertNoEquivocation(honest, honest)).not.toThrow();
  });

  test("row 67: of two checkpoints that race from one size one is cosigned, and the stored size never goes back", async () => {
    const { head, known, request } = await scene();
    let stored = head(7);
    const ask = async (oldSize: number, size: number) => {
      const answer = await acceptCheckpoint(formatAddCheckpoint(await request(oldSize, size)), known(stored));
      if (answer.status === 200) stored = head(answer.checkpoint.size);
      return answer;
    };
    expect(await ask(7, 13)).toMatchObject({ status: 200 });
    expect(await ask(7, 11)).toMatchObject({ status: 409, body: "13\n" });
    expect(stored).toMatchObject({ size: 13 });
    expect(await ask(13, 17)).toMatchObject({ status: 200 });
  });

  test("has an answer to any body and never throws", async () => {
    const { known, request } = await scene();
    const body = formatAddCheckpoint(await request(7, 13));
    await fc.assert(
      fc.asyncProperty(fc.nat(body.length), fc.string({ maxLength: 5 }), fc.nat(5), async (at, insert, cut) => {
        const answer = await acceptCheckpoint(
          body.slice(0, at) + insert + body.slice(at + cut),
          known({ size: 7, root: leafHash(Uint8Array.of(0)) }),
        );
        expect([400, 403, 404, 409, 422]).toContain(answer.status);
      }),
      { numRuns: 300 },
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        expect((await acceptCheckpoint(bytes, known(null))).status).toBe(400);
      }),
      { numRuns: 300 },
    );
  });
});

describe("a reader's witness policy", () => {
  test("is not satisfied without enough known witnesses, and says how many there were", async () => {
    const { log, witness, note } = await scene();
    const bare = await note(5);
    await expect(
      openWitnessedCheckpoint(bare, { origin: ORIGIN, keys: [log.key] }, { witnesses: [witness.key], required: 1 }),
    ).rejects.toMatchObject({ code: "W_UNAVAILABLE", detail: { required: 1, present: 0 } });
  });

  test("refuses a known witness's line over another checkpoint or with another time", async () => {
    const { witness, note, known } = await scene();
    const first = await note(5);
    const accepted = await acceptCheckpoint(formatAddCheckpoint({ oldSize: 0, proof: [], note: first }), known(null));
    if (accepted.status !== 200) throw accepted;
    const line = await accepted.cosign(witness, 1_700_000_000);
    await expect(addCosignatures(await note(6), line, [witness.key])).rejects.toMatchObject({ code: "V_SIGNATURE" });
    const [signature] = parseSignatureLines(line);
    if (!signature) throw line;
    signature.signature[7] = (signature.signature[7] ?? 0) ^ 1;
    await expect(
      verifyCosignatures({ text: first.text, signatures: [signature] }, [witness.key]),
    ).rejects.toMatchObject({ code: "V_SIGNATURE" });
    await expect(addCosignatures(first, line, [])).rejects.toMatchObject({ code: "W_UNAVAILABLE" });
  });

  test("reads the cosignature of the specification's example as far as its form goes", () => {
    const line =
      "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n";
    const [signature] = parseSignatureLines(line);
    expect(signature?.signature).toHaveLength(72);
    expect(new DataView(signature?.signature.buffer ?? new ArrayBuffer(8)).getUint32(4)).toBe(1679315147);
  });

  test("knows a vkey of cosignature type as such", async () => {
    const { witness } = await scene();
    const { formatVkey } = await import("../note/note-key.ts");
    expect(parseVkey(formatVkey(witness.key)).type).toBe(NOTE_TYPE.cosignature);
  });
});

describe("the add-checkpoint body", () => {
  test("of the specification's example round-trips byte for byte", () => {
    const body = [
      "old 20852014",
      "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=",
      "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=",
      "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=",
      "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=",
      "",
      "example.com/behind-the-sofa",
      "20852163",
      "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
      "",
      "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=",
      "— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=",
      "",
    ].join("\n");
    expect(formatAddCheckpoint(parseAddCheckpoint(body))).toBe(body);
  });
});
