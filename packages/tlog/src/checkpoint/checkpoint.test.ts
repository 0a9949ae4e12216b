import { describe, expect, test } from "vitest";
import { emptyRoot, leafHash } from "../merkle/hash.ts";
import { parseNote } from "../note/note.ts";
import { type NoteSigner, signNote } from "../note/sign-note.ts";
import { formatCheckpoint, logKey, logOrigin, openCheckpoint, parseCheckpoint } from "./checkpoint.ts";

const TID = "abcdefghijklmnopqrstuvwxyz";
const ROOT = leafHash(Uint8Array.of(1));

async function makeLog(tid = TID): Promise<NoteSigner> {
  const pair = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
  const alk = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const sign = async (message: Uint8Array) =>
    new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, new Uint8Array(message)));
  return { key: logKey(tid, alk), sign };
}

describe("a checkpoint", () => {
  test("of the specification's example parses into its three lines", () => {
    const text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    const checkpoint = parseCheckpoint(text);
    expect(checkpoint).toMatchObject({ origin: "example.com/behind-the-sofa", size: 20852163, extensions: [] });
    expect(formatCheckpoint(checkpoint)).toBe(text);
  });

  test("keeps extension lines of other logs and refuses them for custody logs", async () => {
    const log = await makeLog();
    const text = formatCheckpoint({ origin: "example.com/log", size: 3, root: ROOT, extensions: ["extra"] });
    expect(parseCheckpoint(text).extensions).toEqual(["extra"]);
    expect((await openCheckpoint(await signNote(text, [log]), "example.com/log", [log.key])).extensions).toEqual([
      "extra",
    ]);
    const ours = formatCheckpoint({ origin: logOrigin(TID), size: 3, root: ROOT, extensions: ["extra"] });
    await expect(openCheckpoint(await signNote(ours, [log]), logOrigin(TID), [log.key])).rejects.toMatchObject({
      code: "V_MALFORMED",
    });
  });

  test("opens for its own log only", async () => {
    const log = await makeLog();
    const other = await makeLog();
    const note = await signNote(formatCheckpoint({ origin: logOrigin(TID), size: 3, root: ROOT }), [log]);
    expect(await openCheckpoint(note, logOrigin(TID), [log.key])).toMatchObject({ size: 3, root: ROOT, by: [log.key] });
    await expect(openCheckpoint(note, logOrigin(TID), [other.key])).rejects.toMatchObject({ code: "V_SIGNATURE" });
    await expect(openCheckpoint(note, "holdfast/zzz", [log.key])).rejects.toMatchObject({ code: "V_SIGNATURE" });
    await expect(openCheckpoint(note.replace("\n3\n", "\n4\n"), logOrigin(TID), [log.key])).rejects.toMatchObject({
      code: "V_SIGNATURE",
    });
  });

  test("of an empty tree has the empty root", async () => {
    const log = await makeLog();
    const sign = async (root: Uint8Array) =>
      parseNote(await signNote(formatCheckpoint({ origin: logOrigin(TID), size: 0, root }), [log]));
    await expect(openCheckpoint(await sign(ROOT), logOrigin(TID), [log.key])).rejects.toMatchObject({ code: "V_ROOT" });
    expect((await openCheckpoint(await sign(emptyRoot()), logOrigin(TID), [log.key])).size).toBe(0);
  });

  test.each([
    ["two lines", "o\n1\n"],
    ["a leading zero", "o\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"],
    ["a sign", "o\n+1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"],
    ["a short root", "o\n1\nCsUY\n"],
    ["an empty extension", "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"],
    ["an empty origin", "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"],
    ["no final newline", "o\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="],
  ])("with %s is refused as malformed", (_, text) => {
    expect(() => parseCheckpoint(text)).toThrow(expect.objectContaining({ code: "V_MALFORMED" }));
  });

  test("with a size above 2^53-1 is refused by its limit", () => {
    expect(() => parseCheckpoint("o\n9007199254740992\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n")).toThrow(
      expect.objectContaining({ code: "E_LIMIT" }),
    );
  });
});
