import {
  consistencyProof,
  cosign,
  emptyRoot,
  formatAddCheckpoint,
  formatCheckpoint,
  formatNote,
  formatSignatureLine,
  formatVkey,
  inclusionProof,
  leafHash,
  logOrigin,
  MemoryTree,
  NOTE_TYPE,
  type NoteSigner,
  noteKey,
  noteSignature,
  parseNote,
} from "@holdfast/tlog";
import { SoftwareAgent } from "../../agent/software-agent.ts";
import { SoftwareKey } from "../../keys/software-key.ts";
import { accepted, type Case, refused } from "../vector.ts";

const TID = "abcdefghijklmnopqrstuvwxye";
const ORIGIN = logOrigin(TID);
const encode = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
const utf8 = (text: string) => new TextEncoder().encode(text);

const log = new SoftwareAgent("agent", "vector log").noteSigner(TID);
const stranger = new SoftwareAgent("agent", "vector stranger").noteSigner(TID);
const witness = witnessOf("witness.example", "vector witness");
const second = witnessOf("other.example", "vector other witness");

function witnessOf(name: string, seed: string): NoteSigner {
  const key = SoftwareKey.make("EdDSA", seed);
  return { key: noteKey(name, NOTE_TYPE.cosignature, key.edwardsPoint), sign: (message) => key.sign(message) };
}

function tree(size: number, salt = "leaf"): MemoryTree {
  const made = new MemoryTree();
  for (let index = 0; index < size; index += 1) made.append(leafHash(utf8(`${salt} ${index}`)));
  return made;
}

function sign(signer: NoteSigner, text: string): string {
  return formatNote({ text, signatures: [noteSignature(signer.key, signer.sign(utf8(text)) as Uint8Array)] });
}

function checkpoint(of: MemoryTree, origin = ORIGIN): string {
  return formatCheckpoint({ origin, size: of.size, root: of.root });
}

const vkeys = [formatVkey(log.key)];

/** C2SP signed-note. */
export function noteCases(): Case[] {
  const note = sign(log, "hello\n");
  const [signature = ""] = note.split("\n\n").slice(1);
  const bad = (name: string, text: string, why: string) =>
    refused("V_MALFORMED", "parseNote", name, { note: text }, why);
  const line = (count: number) => ({ repeat: { before: "hello\n\n", text: signature, times: count, after: "" } });
  const vkey = formatVkey(log.key);
  return [
    accepted("parseNote", "with one signature", { note }, { why: "text, empty line, signatures", near: "V_MALFORMED" }),
    accepted("parseNote", "with 64 signatures", line(64), { why: "the most", near: "E_LIMIT" }),
    refused("E_LIMIT", "parseNote", "with 65 signatures", line(65), "64 at most"),
    refused(
      "E_LIMIT",
      "parseNote",
      "of more than 64 KiB",
      { repeat: { before: "", text: "x", times: 65_536, after: "\n\n" } },
      "64 KiB at most",
    ),
    bad("without signatures", "hello\n", "an empty line comes before them"),
    bad("without a newline at the end", note.slice(0, -1), "every line ends in one"),
    bad("with a carriage return", note.replace("\n", "\r\n"), "no control characters but newlines"),
    bad("with a hyphen for a dash", note.replace("— ", "- "), "an em dash"),
    bad("with a signature of five characters of rubbish", "hello\n\n— name !!!!!\n", "base64"),
    bad("with a signature without key id", "hello\n\n— name AAAA\n", "four bytes and more"),
    accepted("verifyNote", "by a known key", { note, vkeys }, { why: "Ed25519 over the text", near: "V_SIGNATURE" }),
    accepted(
      "verifyNote",
      "with a stranger's line besides",
      { note: note + sign(stranger, "hello\n").split("\n\n")[1], vkeys },
      { why: "unknown keys are ignored", near: "V_SIGNATURE" },
    ),
    refused("V_SIGNATURE", "verifyNote", "by a stranger", { note: sign(stranger, "hello\n"), vkeys }, "no known key"),
    refused(
      "V_SIGNATURE",
      "verifyNote",
      "with its text changed",
      { note: note.replace("hello", "hullo"), vkeys },
      "signed",
    ),
    accepted("parseVkey", "of a log", { vkey }, { why: "name, id, type and key", near: "V_MALFORMED" }),
    accepted("parseVkey", "of a witness", { vkey: formatVkey(witness.key) }, { why: "type 4", near: "V_MALFORMED" }),
    refused(
      "V_MALFORMED",
      "parseVkey",
      "with another id",
      { vkey: vkey.replace(/\+[0-9a-f]{8}\+/, "+00000000+") },
      "the id follows from name and key",
    ),
    refused("V_MALFORMED", "parseVkey", "with a space in its name", { vkey: vkey.replace("/", " ") }, "no spaces"),
  ];
}

/** C2SP tlog-checkpoint; docs/spec/custody-log.md sections 4 and 5. */
export function checkpointCases(): Case[] {
  const five = tree(5);
  const note = sign(log, checkpoint(five));
  const open = (name: string, given: string, why: string, near: string) =>
    accepted("openCheckpoint", name, { note: given, origin: ORIGIN, vkeys }, { why, near });
  const bad = (code: string, name: string, given: string, why: string) =>
    refused(code, "openCheckpoint", name, { note: given, origin: ORIGIN, vkeys }, why);
  const empty = (root: Uint8Array) => sign(log, formatCheckpoint({ origin: ORIGIN, size: 0, root }));
  const root = Buffer.from(five.root).toString("base64");
  const text = (size: string) => `${ORIGIN}\n${size}\n${root}\n`;
  const extended = sign(log, formatCheckpoint({ origin: ORIGIN, size: 5, root: five.root, extensions: ["more"] }));
  return [
    open("of five leaves", note, "signed by the log", "V_SIGNATURE"),
    open("of none", empty(emptyRoot()), "the root of nothing", "V_ROOT"),
    bad("V_ROOT", "of none with a root of its own", empty(five.root), "the empty tree has one root"),
    bad("V_SIGNATURE", "by another agent's key", sign(stranger, checkpoint(five)), "no agent of the roster"),
    bad("V_SIGNATURE", "with another size", note.replace("\n5\n", "\n6\n"), "signed"),
    bad("V_SIGNATURE", "of another domain", sign(log, checkpoint(five, logOrigin("b".repeat(26)))), "another origin"),
    bad("V_MALFORMED", "with a line more", extended, "a custody log's has none"),
    accepted(
      "parseCheckpoint",
      "of five leaves",
      { text: text("5") },
      { why: "origin, size, root", near: "V_MALFORMED" },
    ),
    accepted(
      "parseCheckpoint",
      "of 2^53-1 leaves",
      { text: text("9007199254740991") },
      { why: "the largest", near: "E_LIMIT" },
    ),
    refused(
      "E_LIMIT",
      "parseCheckpoint",
      "of 2^53 leaves",
      { text: text("9007199254740992") },
      "beyond what readers hold exactly",
    ),
    refused("V_MALFORMED", "parseCheckpoint", "with a leading zero", { text: text("05") }, "one spelling"),
    refused("V_MALFORMED", "parseCheckpoint", "with a sign", { text: text("+5") }, "one spelling"),
    refused("V_MALFORMED", "parseCheckpoint", "with a short root", { text: `${ORIGIN}\n5\nAAAA\n` }, "32 bytes"),
    ...followCases(),
  ];
}

function followCases(): Case[] {
  const [three, five] = [tree(3), tree(5)];
  const head = (of: MemoryTree) => ({ size: of.size, root: encode(of.root) });
  const input = (pinned: MemoryTree | null, next: MemoryTree, proof: readonly Uint8Array[]) => {
    return { pinned: pinned && head(pinned), next: head(next), proof: proof.map(encode) };
  };
  const check = "followCheckpoint";
  const proof = consistencyProof(3, 5, five.getNode);
  const rewritten = tree(5, "other");
  return [
    accepted(check, "from nothing", input(null, five, []), { why: "the first that a reader sees" }),
    accepted(check, "to the same tree", input(five, five, []), { why: "nothing was appended", near: "V_STALE" }),
    accepted(check, "to a larger one", input(three, five, proof), { why: "with its proof", near: "V_CONSISTENCY" }),
    accepted(check, "to the same tree again", input(three, three, []), {
      why: "one root of one size",
      near: "W_EQUIVOCATION",
    }),
    refused("V_STALE", check, "to a smaller one", input(five, three, []), "an older state shown again"),
    refused(
      "W_EQUIVOCATION",
      check,
      "to another tree of its size",
      input(five, rewritten, []),
      "two roots of one size were signed",
    ),
    refused(
      "V_CONSISTENCY",
      check,
      "to a larger one of another history",
      input(three, rewritten, consistencyProof(3, 5, rewritten.getNode)),
      "it does not extend the pinned tree",
    ),
    refused("V_CONSISTENCY", check, "without proof", input(three, five, []), "a proof is needed"),
  ];
}

/** RFC 9162 section 2.1. */
export function merkleCases(): Case[] {
  const seven = tree(7);
  const leaf = encode(leafHash(utf8("leaf 4")));
  const inclusion = {
    index: 4,
    size: 7,
    leaf,
    root: encode(seven.root),
    proof: inclusionProof(4, 7, seven.getNode).map(encode),
  };
  const bad = (name: string, change: object, why: string, code = "V_INCLUSION") =>
    refused(code, "verifyInclusion", name, { ...inclusion, ...change }, why);
  const consistency = {
    oldSize: 3,
    newSize: 7,
    oldRoot: encode(tree(3).root),
    newRoot: encode(seven.root),
    proof: consistencyProof(3, 7, seven.getNode).map(encode),
  };
  const broken = (name: string, change: object, why: string, code = "V_CONSISTENCY") =>
    refused(code, "verifyConsistency", name, { ...consistency, ...change }, why);
  return [
    accepted("verifyInclusion", "leaf 4 of 7", inclusion, { why: "its audit path", near: "V_INCLUSION" }),
    accepted(
      "verifyInclusion",
      "the only leaf",
      { index: 0, size: 1, leaf, root: leaf, proof: [] },
      { why: "it is the root", near: "V_INCLUSION" },
    ),
    bad("at another place", { index: 5 }, "positions count"),
    bad("in a tree of another shape", { size: 5 }, "the size gives the path's shape"),
    bad("of another leaf", { leaf: encode(leafHash(utf8("leaf 5"))) }, "not in the tree"),
    bad("with a hash more", { proof: [...inclusion.proof, leaf] }, "too long"),
    bad("with a hash fewer", { proof: inclusion.proof.slice(1) }, "too short"),
    bad("beyond the tree", { index: 7 }, "no such leaf"),
    bad("with a short hash", { proof: ["AAAA"] }, "32 bytes", "V_MALFORMED"),
    bad("at a negative place", { index: -1 }, "a count", "V_MALFORMED"),
    accepted("verifyConsistency", "from 3 to 7", consistency, { why: "appended only", near: "V_CONSISTENCY" }),
    broken("from another tree", { oldRoot: encode(tree(3, "other").root) }, "history was rewritten"),
    broken(
      "from nothing",
      { oldSize: 0, oldRoot: encode(emptyRoot()) },
      "every tree extends the empty one: it proves nothing",
    ),
    broken("backwards", { oldSize: 7, newSize: 3 }, "the old tree is larger"),
    broken("without proof", { proof: [] }, "one is needed"),
    broken("with a fraction", { oldSize: 2.5 }, "a count", "V_MALFORMED"),
  ];
}

/** C2SP tlog-cosignature and tlog-witness; docs/spec/custody-log.md section 6. */
export async function witnessCases(): Promise<Case[]> {
  const [three, five] = [tree(3), tree(5)];
  const note = sign(log, checkpoint(five));
  const time = 1_800_000_000;
  const line = async (by: NoteSigner, text: string) => formatSignatureLine(await cosign(text, by, time));
  const cosigned = note + (await line(witness, checkpoint(five)));
  const foreign = note + (await line(witness, checkpoint(three)));
  const witnesses = [witness, second].map(({ key }) => formatVkey(key));
  const open = { note: cosigned, origin: ORIGIN, vkeys, witnesses };
  const body = (old: number, proof: readonly Uint8Array[], given = note) =>
    formatAddCheckpoint({ oldSize: old, proof, note: parseNote(given) });
  const asked = (name: string, change: object, why: string) =>
    accepted(
      "acceptCheckpoint",
      name,
      {
        origin: ORIGIN,
        vkeys,
        head: { size: 3, root: encode(three.root) },
        body: body(3, consistencyProof(3, 5, five.getNode)),
        ...change,
      },
      { why },
    );
  return [
    accepted(
      "openWitnessedCheckpoint",
      "with the one witness needed",
      { ...open, required: 1 },
      { why: "one of two known", near: "W_UNAVAILABLE" },
    ),
    refused("W_UNAVAILABLE", "openWitnessedCheckpoint", "with one of two needed", { ...open, required: 2 }, "too few"),
    refused(
      "W_UNAVAILABLE",
      "openWitnessedCheckpoint",
      "of witnesses that nobody knows",
      { ...open, witnesses: witnesses.slice(1), required: 1 },
      "unknown keys do not count",
    ),
    refused(
      "V_SIGNATURE",
      "openWitnessedCheckpoint",
      "with a cosignature of another checkpoint",
      { ...open, note: foreign, required: 1 },
      "it does not fit",
    ),
    accepted(
      "verifyCosignatures",
      "of one witness",
      { note: cosigned, witnesses },
      { why: "with its time", near: "V_SIGNATURE" },
    ),
    accepted(
      "addCosignatures",
      "a witness's answer",
      { note, answer: await line(witness, checkpoint(five)), witnesses },
      { why: "its line is added", near: "W_UNAVAILABLE" },
    ),
    refused(
      "W_UNAVAILABLE",
      "addCosignatures",
      "a stranger's answer",
      { note, answer: await line(witness, checkpoint(five)), witnesses: witnesses.slice(1) },
      "no known witness",
    ),
    asked("the next checkpoint", {}, "200"),
    asked("the first checkpoint", { head: null, body: body(0, []) }, "200"),
    asked("of an unknown log", { origin: "holdfast/other" }, "404"),
    asked("by another key", { body: body(3, [], sign(stranger, checkpoint(five))) }, "403"),
    asked("from another size", { body: body(2, []) }, "409"),
    asked("with a size above the checkpoint's", { body: body(6, []) }, "400"),
    asked(
      "of a rewritten history",
      { body: body(3, consistencyProof(3, 5, five.getNode), sign(log, checkpoint(tree(5, "other")))) },
      "422",
    ),
    asked(
      "of another root of the cosigned size",
      { body: body(3, [], sign(log, checkpoint(tree(3, "other")))) },
      "409, as for another size",
    ),
    asked("with a proof from nothing", { head: null, body: body(0, [five.root]) }, "422"),
    asked("that is no request", { body: "old\n\n" }, "400"),
    accepted(
      "parseAddCheckpoint",
      "a request",
      { body: body(3, []) },
      { why: "old size, proof, note", near: "V_MALFORMED" },
    ),
    refused("V_MALFORMED", "parseAddCheckpoint", "without old size", { body: `\n\n${note}` }, "it comes first"),
  ];
}
