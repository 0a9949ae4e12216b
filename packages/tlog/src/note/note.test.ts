import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TlogError } from "../errors.ts";
import { formatNote, parseNote } from "./note.ts";
import { formatVkey, NOTE_TYPE, noteKey, parseVkey } from "./note-key.ts";
import { type NoteSigner, signNote } from "./sign-note.ts";
import { verifyNote } from "./verify-note.ts";

// golang.org/x/mod/sumdb/note: the key and notes of its own test suite.
const PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
const PETER_NOTE =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n" +
  "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
const ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
const BOTH_NOTE = `${PETER_NOTE}— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n`;
// C2SP signed-note, "Example".
const FOO = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const FOO_NOTE =
  "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

async function makeSigner(name: string, type: 1 | 4 = NOTE_TYPE.ed25519): Promise<NoteSigner> {
  const pair = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const sign = async (message: Uint8Array) =>
    new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, new Uint8Array(message)));
  return { key: noteKey(name, type, publicKey), sign };
}

describe("signed notes", () => {
  test("made by Go's note package verify with its verifier keys", async () => {
    const peter = parseVkey(PETER);
    const enoch = parseVkey(ENOCH);
    expect((await verifyNote(PETER_NOTE, [peter])).by).toEqual([peter]);
    expect((await verifyNote(BOTH_NOTE, [peter, enoch])).by).toEqual([peter, enoch]);
    expect((await verifyNote(BOTH_NOTE, [enoch])).by).toEqual([enoch]);
    expect(formatVkey(peter)).toBe(PETER);
    expect(formatNote(parseNote(BOTH_NOTE))).toBe(BOTH_NOTE);
  });

  test("of the specification's example verify", async () => {
    expect((await verifyNote(FOO_NOTE, [parseVkey(FOO)])).text).toBe("This is an example message.\n");
  });

  test("round-trip through our own signer, with signers that answer at once or later", async () => {
    const a = await makeSigner("log.example/a");
    const b = await makeSigner("log.example/b");
    const text = "first line\n\nan empty line before this one\n";
    const note = await signNote(text, [a, b]);
    expect((await verifyNote(note, [a.key, b.key])).text).toBe(text);
  });

  test("without a signature of a known key are refused", async () => {
    const stranger = await makeSigner("PeterNeumann");
    await expect(verifyNote(PETER_NOTE, [stranger.key])).rejects.toMatchObject({ code: "V_SIGNATURE" });
    await expect(verifyNote(PETER_NOTE, [])).rejects.toMatchObject({ code: "V_SIGNATURE" });
  });

  test("are refused whole when one known signature is bad, even if another is good", async () => {
    const damaged = BOTH_NOTE.replace("rwz+eBzm", "rwz+eBzn");
    await expect(verifyNote(damaged, [parseVkey(PETER), parseVkey(ENOCH)])).rejects.toMatchObject({
      code: "V_SIGNATURE",
    });
    expect((await verifyNote(damaged, [parseVkey(PETER)])).by).toHaveLength(1);
  });

  test("are not signed by a cosigner's key, nor verified with one", async () => {
    const cosigner = await makeSigner("witness.example/w", NOTE_TYPE.cosignature);
    await expect(signNote("text\n", [cosigner])).rejects.toMatchObject({ code: "V_MALFORMED" });
  });

  test.each([
    ["no empty line", "text\n— a AAAAAAA=\n"],
    ["no final newline", FOO_NOTE.slice(0, -1)],
    ["no signature", "text\n\n"],
    ["a text without its newline", "\n— a Uw2QOkn8\n"],
    ["a control character", FOO_NOTE.replace("an example", "an\texample")],
    ["a carriage return", FOO_NOTE.replaceAll("\n", "\r\n")],
    ["a hyphen for the dash", FOO_NOTE.replace("—", "-")],
    ["a name with a plus", FOO_NOTE.replace("example.com/foo", "example.com+foo")],
    ["two spaces", FOO_NOTE.replace("foo Uw2", "foo  Uw2")],
    ["unpadded base64", FOO_NOTE.replace("aQM=", "aQM")],
    ["base64 with trailing bits", FOO_NOTE.replace("aQM=", "aQN=")],
    ["a signature of four bytes", "text\n\n— a AAAAAA==\n"],
    ["a lone surrogate", FOO_NOTE.replace("example", "\ud800")],
  ])("with %s are refused as malformed", (_, note) => {
    expect(() => parseNote(note)).toThrow(expect.objectContaining({ code: "V_MALFORMED" }));
  });

  test("with too many signatures or bytes are refused by their limit", () => {
    const line = FOO_NOTE.split("\n").at(-2);
    expect(() => parseNote(`text\n\n${`${line}\n`.repeat(65)}`)).toThrow(expect.objectContaining({ code: "E_LIMIT" }));
    expect(parseNote(`text\n\n${`${line}\n`.repeat(64)}`).signatures).toHaveLength(64);
    expect(() => parseNote(`${"x".repeat(70_000)}\n\n${line}\n`)).toThrow(expect.objectContaining({ code: "E_LIMIT" }));
  });

  test("of any bytes give a note or our own error, never another", () => {
    const splice = fc.tuple(
      fc.integer({ min: 0, max: PETER_NOTE.length }),
      fc.string(),
      fc.integer({ min: 0, max: 9 }),
    );
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), splice), (input) => {
        const note =
          input instanceof Uint8Array
            ? input
            : PETER_NOTE.slice(0, input[0]) + input[1] + PETER_NOTE.slice(input[0] + input[2]);
        try {
          const parsed = parseNote(note);
          expect(formatNote(parsed)).toBe(typeof note === "string" ? note : new TextDecoder().decode(note));
        } catch (error) {
          expect(error).toBeInstanceOf(TlogError);
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe("verifier keys", () => {
  test.each([
    ["another id", PETER.replace("c74f20a3", "c74f20a4")],
    ["upper-case hex", PETER.replace("c74f20a3", "C74F20A3")],
    ["an unknown type", "a+00000000+BRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"],
    ["a short key", "a+00000000+AQID"],
    ["no name", PETER.replace("PeterNeumann", "")],
    ["a space in the name", PETER.replace("PeterN", "Peter N")],
    ["a no-break space in the name", PETER.replace("PeterN", "Peter\u00a0N")],
    ["nothing", ""],
  ])("with %s are refused", (_, vkey) => {
    expect(() => parseVkey(vkey)).toThrow(expect.objectContaining({ code: "V_MALFORMED" }));
  });

  test("of any text give a key or our own error, never another", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        try {
          expect(formatVkey(parseVkey(text))).toBe(text);
        } catch (error) {
          expect(error).toBeInstanceOf(TlogError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
