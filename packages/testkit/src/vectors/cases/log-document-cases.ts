import {
  type CanonicalObject,
  docHash,
  type Entry,
  encodeAttest,
  encodeBase64url,
  encodeCanonical,
  type NewKey,
  parseCanonical,
} from "@holdfast/protocol";
import { HostileControlPlane } from "../../hostile/hostile-control-plane.ts";
import { flipBitOfText } from "../../hostile/tamper-bytes.ts";
import { SoftwareLedger } from "../../log/software-ledger.ts";
import { documentInput } from "../input-bytes.ts";
import { accepted, type Case, refused } from "../vector.ts";

const KEY: NewKey = {
  label: "Orders",
  algorithm: "AES-256",
  usage: ["encrypt", "decrypt"],
  group: "default",
  extractable: false,
  alias: "alias/orders",
};
const HASH = "A".repeat(43);
const FAILED = { names: undefined, data: { to: ["vault"], code: "E_BACKUP_PLACE", fault: "timeout" } };
const LINK = { names: undefined, post: undefined, subject: HASH, cause: { kind: "host" }, data: { seq: 1 } };
const BACKUP = { at: 1_750_000_000, size: 12, unbacked: 1 };

/** A domain in which a key was made and rotated, and two keys came at once. */
function livedDomain() {
  const ledger = SoftwareLedger.found({ seed: "vector log" });
  const { domain } = ledger;
  const approve = (command: Parameters<typeof ledger.apply>[0]) =>
    ledger.apply(command, [domain.approve([command], { counter: 1 })]);
  const created = approve(domain.propose({ act: "key.create", args: { items: [KEY] } }));
  const target = { kind: "key", keyId: created.ids[0] ?? "", label: "Orders", group: "default" } as const;
  const rotated = approve(domain.propose({ act: "key.rotate", args: {}, target, expect: { head: created.leaf } }));
  const items = ["Invoices", "Letters"].map((label) => ({ ...KEY, label, alias: undefined }));
  const several = approve(domain.propose({ act: "key.create", args: { items } }));
  return { ledger, created, rotated, several };
}

function changed(bytes: Uint8Array, change: object): { readonly bytes: { readonly base64url: string } } {
  return { bytes: documentInput(encodeCanonical({ ...parseCanonical(bytes), ...change } as CanonicalObject)) };
}

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "base64url"));

/** docs/spec/receipt.md: the agent's signed answer. */
export function receiptCases(): Case[] {
  const { ledger, created, rotated, several } = livedDomain();
  const { agent } = ledger.domain;
  const hostile = new HostileControlPlane(ledger.domain);
  const check = "verifyReceipt";
  const aik = agent.aik.coseText;
  const good = (name: string, signed: typeof created.signed, why: string) =>
    accepted(check, name, { signed, aik }, { why, near: "E_SIG" });
  const bad = (name: string, signed: typeof created.signed, why: string) =>
    refused("E_SIG", check, name, { signed, aik }, why);
  const parse = (code: string, name: string, change: object, why: string) =>
    refused(code, "parseReceipt", name, changed(bytesOf(created.signed.doc), change), why);
  const asAttest = agent.sign("receipt", "attest", bytesOf(created.signed.doc));
  const asLeaf = agent.sign("leaf", "receipt", bytesOf(created.signed.doc));
  return [
    good("of a creation", created.signed, "no state before it"),
    good("of a rotation", rotated.signed, "a state before and after"),
    good("of two keys at once", several.signed, "post is the hash of both states"),
    bad("by another agent", hostile.forgedReceipt(created.signed), "signed by its own aik"),
    bad(
      "with a result changed",
      hostile.alteredReceipt(created.signed, (receipt) => ({ ...receipt, result: "refused" })),
      "signed",
    ),
    bad(
      "with a bit of its signature changed",
      { ...created.signed, sig: flipBitOfText(created.signed.sig, 40) },
      "signed",
    ),
    bad("signed as an attestation", asAttest, "purposes are not mixed"),
    bad("signed as a leaf", asLeaf, "kinds are not mixed"),
    bad("with a padded signature", { ...created.signed, sig: `${created.signed.sig}==` }, "canonical base64url"),
    accepted("parseReceipt", "as it is", changed(bytesOf(created.signed.doc), {}), {
      why: "every member",
      near: "E_SCHEMA",
    }),
    parse("E_SCHEMA", "with a result that does not exist", { result: "done" }, "five results"),
    parse("E_SCHEMA", "without its roster", { roster: undefined }, "the roster it was judged by"),
    parse("E_SCHEMA", "with a member more", { note: "x" }, "unknown members are refused"),
    parse("E_SCHEMA", "with more entries than a command has", { count: 1001 }, "1000 at most"),
    parse("E_UNSUPPORTED", "of version 2", { ver: 2 }, "this is version 1"),
    accepted("statesHash", "of two states", { posts: [HASH, HASH] }, { why: "in order" }),
    accepted("statesHash", "of none", { posts: [] }, { why: "of a command that wrote entries only" }),
  ];
}

/** docs/spec/receipt.md section 4: what an agent says of itself. */
export function attestCases(): Case[] {
  const { ledger } = livedDomain();
  const { domain, log } = ledger;
  const document = encodeAttest({
    typ: "attest",
    ver: 1,
    tid: domain.tid,
    aid: domain.agent.aid,
    build: "holdfast-agent 0.1.0",
    runtime: "node 24",
    fips: { mode: "off", module: "OpenSSL", moduleVersion: "3.5", linkage: "bundled", validation: "not claimed" },
    roster: { seq: 0, hash: domain.hash },
    checkpoint: { size: log.size, root: log.root },
    keys: { count: 3, root: HASH },
    evidence: [{ kind: "none" }],
    nonce: HASH,
    ts: domain.clock.now(),
  });
  const signed = domain.agent.sign("attest", "attest", document);
  const aik = domain.agent.aik.coseText;
  const parse = (code: string, name: string, change: object, why: string) =>
    refused(code, "parseAttest", name, changed(document, change), why);
  return [
    accepted("verifyAttest", "by its agent", { signed, aik }, { why: "signed by aik, purpose attest", near: "E_SIG" }),
    refused(
      "E_SIG",
      "verifyAttest",
      "as a receipt",
      { signed: domain.agent.sign("attest", "receipt", document), aik },
      "purposes are not mixed",
    ),
    accepted("parseAttest", "as it is", changed(document, {}), { why: "every member", near: "E_SCHEMA" }),
    parse(
      "E_SCHEMA",
      "that claims a validation",
      { fips: { mode: "on", module: "x", moduleVersion: "1", linkage: "bundled", validation: "140-3" } },
      "nothing is claimed that is not so",
    ),
    parse(
      "E_SCHEMA",
      "with evidence that does not exist",
      { evidence: [{ kind: "hsm" }] },
      "none is the only kind yet",
    ),
    parse("E_SCHEMA", "with a short nonce", { nonce: "AAAA" }, "8 to 64 bytes"),
    accepted("parseAttest", "with its newest backup", changed(document, { backup: BACKUP }), {
      why: "when, how many entries, and keys in none",
      near: "E_SCHEMA",
    }),
    parse(
      "E_SCHEMA",
      "with a backup of unknown content",
      { backup: { ...BACKUP, size: undefined } },
      "all of it or none",
    ),
  ];
}

/** docs/spec/custody-log.md sections 2 and 3: leaves, and entries that open them. */
export function leafCases(): Case[] {
  const { ledger, created, rotated } = livedDomain();
  const { entries } = ledger.log;
  const hostile = new HostileControlPlane(ledger.domain);
  const entry = entries[created.leaf] as Entry;
  const after = entries[rotated.leaf] as Entry;
  const open = (name: string, given: Entry, why: string) =>
    accepted("openEntry", name, { entry: given }, { why, near: "E_COMMITMENT" });
  const bad = (name: string, given: Entry, why: string, code = "E_COMMITMENT") =>
    refused(code, "openEntry", name, { entry: given }, why);
  const parse = (code: string, name: string, change: object, why: string) =>
    refused(code, "parseLeaf", name, changed(bytesOf(entry.leaf), change), why);
  const use = {
    kind: "use",
    names: undefined,
    data: { minute: 30_000_000, ops: { encrypt: 3 }, bytes: 3072, root: HASH },
  };
  return [
    open("of a creation", entry, "names and state fit"),
    open("of a genesis", entries[0] as Entry, "neither names nor state"),
    open("with its names withheld", { n: entry.n, leaf: entry.leaf }, "a domain may share none"),
    bad("under another index", { ...entry, n: entry.n + 1 }, "the index stands in the leaf"),
    bad("with another name", hostile.misnamedEntry(entry, "Salaries"), "committed by HMAC under a random salt"),
    bad(
      "with another salt",
      { ...entry, opens: { ...entry.opens, label: { salt: "A".repeat(22), value: "Orders" } } },
      "committed",
    ),
    bad(
      "with a name that its leaf does not have",
      { ...after, opens: { label: { salt: "A".repeat(22), value: "Orders" } } },
      "nothing was committed",
    ),
    bad("with another state", { ...entry, ...(after.state ? { state: after.state } : {}) }, "post is the state's hash"),
    bad(
      "with a leaf of another kind in it",
      { n: 0, leaf: created.signed.doc },
      "a receipt is no leaf",
      "E_UNSUPPORTED",
    ),
    accepted("parseLeaf", "as it is", changed(bytesOf(entry.leaf), {}), { why: "every member", near: "E_SCHEMA" }),
    ...["roster.scheduled", "roster.signed", "roster.cancelled", "roster.refused"].map((kind) =>
      accepted("parseLeaf", `of kind ${kind}`, changed(bytesOf(entry.leaf), { ...LINK, kind }), {
        why: "what became of a link of the roster",
        near: "E_SCHEMA",
      }),
    ),
    parse(
      "E_SCHEMA",
      "of kind roster.expired",
      { ...LINK, kind: "roster.expired" },
      "links that run out leave no entry",
    ),
    accepted("parseLeaf", "of use", changed(bytesOf(entry.leaf), use), {
      why: "one client's use of one key in one minute",
      near: "E_SCHEMA",
    }),
    accepted(
      "parseLeaf",
      "of a backup that failed",
      changed(bytesOf(entry.leaf), { ...FAILED, kind: "backup.failed" }),
      {
        why: "where to and why",
        near: "E_SCHEMA",
      },
    ),
    parse("E_SCHEMA", "of a backup that ended otherwise", { ...FAILED, kind: "backup.ended" }, "closed list"),
    parse("E_SCHEMA", "of a kind that does not exist", { kind: "key.peek" }, "closed list"),
    parse("E_SCHEMA", "of use without its numbers", { ...use, data: {} }, "minute, operations, bytes, root"),
    parse("E_SCHEMA", "with a name in clear", { label: "Orders" }, "names are committed"),
    parse("E_SCHEMA", "without a cause", { cause: undefined }, "everything has one"),
    parse("E_SCHEMA", "with an actor of no kind", { actor: { id: "x" } }, "closed list"),
    parse("E_UNSUPPORTED", "of version 2", { ver: 2 }, "this is version 1"),
    accepted(
      "nameCommitment",
      "of a name",
      { salt: { hex: "00".repeat(16) }, value: "Orders" },
      { why: "HMAC-SHA-256", near: "E_SCHEMA" },
    ),
    refused(
      "E_SCHEMA",
      "nameCommitment",
      "under a short salt",
      { salt: { hex: "00".repeat(15) }, value: "Orders" },
      "16 bytes",
    ),
    ...stateCases(entry),
  ];
}

function stateCases(entry: Entry): Case[] {
  const bytes = bytesOf(entry.state ?? "");
  const bad = (code: string, name: string, change: object, why: string) =>
    refused(code, "parseState", name, changed(bytes, change), why);
  return [
    accepted("parseState", "of a key", changed(bytes, {}), {
      why: `docHash ${docHash("state", bytes)}`,
      near: "E_SCHEMA",
    }),
    bad("E_SCHEMA", "with material", { material: encodeBase64url(new Uint8Array(32)) }, "never material"),
    bad("E_SCHEMA", "in a state that does not exist", { state: "enabled" }, "seven states"),
    bad("E_SCHEMA", "without versions", { versions: [] }, "one at least"),
    bad("E_UNSUPPORTED", "of version 2", { ver: 2 }, "this is version 1"),
  ];
}
