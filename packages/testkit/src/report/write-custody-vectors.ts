import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Bundle, parseBundle } from "@holdfast/custody-report";
import { type CanonicalObject, encodeCanonical, type KeyTarget, type Roster, wordsOf } from "@holdfast/protocol";
import { cosign, formatCheckpoint, logOrigin, rootAt, signNote } from "@holdfast/tlog";
import { SoftwareKey } from "../keys/software-key.ts";
import type { SoftwareLedger } from "../log/software-ledger.ts";
import { VECTORS_FOLDER } from "../vectors/load-vectors.ts";
import { applyByAll, livedLedger, PLAIN_KEY } from "./lived-ledger.ts";
import { softwareCertificate } from "./software-authority.ts";
import { SoftwareReporter, softwareWitness } from "./software-reporter.ts";

const FOLDER = join(VECTORS_FOLDER, "custody");

type Options = NonNullable<Parameters<SoftwareReporter["bundle"]>[0]>;

const witness = softwareWitness("example.com/witness");
const stranger = softwareWitness("example.com/stranger");

function founded(): SoftwareLedger {
  return livedLedger({ seed: "custody vectors", administrators: 2 });
}

function bundleOf(ledger: SoftwareLedger, options: Options = {}): Promise<Uint8Array> {
  return new SoftwareReporter(ledger).bundle({ witnesses: [witness], ...options });
}

function targetOf(ledger: SoftwareLedger): KeyTarget {
  const [state] = [...ledger.states.values()].filter(({ kind }) => kind === "key");
  return { kind: "key", keyId: state?.id ?? "", label: PLAIN_KEY.label, group: PLAIN_KEY.group };
}

function edited(bytes: Uint8Array, edit: (bundle: { evidence: Record<string, unknown> } & Bundle) => void): Uint8Array {
  const bundle = JSON.parse(JSON.stringify(parseBundle(bytes)));
  edit(bundle);
  return encodeCanonical(bundle as CanonicalObject);
}

const ledger = founded();
const { domain } = ledger;
const ok = await bundleOf(ledger);
const words = wordsOf(domain.tid).join(" ");

const unapproved = founded();
const resume = unapproved.domain.propose({ act: "key.rotate", args: {}, target: targetOf(unapproved) });
unapproved.apply(resume, []);

const astray = founded();
for (const act of ["key.deactivate", "key.resume"] as const) {
  applyByAll(astray, astray.domain.propose({ act, args: {}, target: targetOf(astray) }));
}

const hidden = founded();
hidden.domain.extend((roster) => ({ ...roster, notAfter: roster.notAfter - 1 }));

const renewed = (roster: Roster): Roster => ({ ...roster, notAfter: roster.notAfter + 86_400 });
const linked = founded();
linked.extend(renewed);
const hasty = founded();
hasty.extend(renewed, { waitSeconds: 3_600 });
const unsaid = founded();
unsaid.recordLink("roster.cancelled", unsaid.domain.signLink(unsaid.domain.nextRoster(renewed)), "E_CANCELLED");

const now = domain.clock.now();
const forged = softwareCertificate({
  subject: "report",
  issuer: `Holdfast ${domain.tid}`,
  key: new SoftwareReporter(ledger).report,
  by: SoftwareKey.make("ES256", "another authority"),
  notBefore: now - 10,
  notAfter: now + 10,
});

/** A head that a witness of the customer's saw, and when. */
async function seenHead(of: SoftwareLedger, at: number): Promise<string> {
  const note = of.log.checkpoint();
  return of.log.checkpoint([await cosign(note.slice(0, note.indexOf("\n\n") + 1), stranger, at)]);
}
const grown = founded();
applyByAll(grown, grown.domain.propose({ act: "key.suspend", args: {}, target: targetOf(grown) }));
const elsewhere = formatCheckpoint({
  ...{ origin: logOrigin(domain.tid), size: ledger.log.size, root: rootAt(1, ledger.log.tree.getNode) },
});
const forked = await signNote(elsewhere, [domain.agent.noteSigner(domain.tid)]);

const files: Readonly<Record<string, Uint8Array>> = {
  ok,
  malformed: new Uint8Array(Buffer.concat([ok, Buffer.from("\n")])),
  roster: await bundleOf(hidden),
  link: await bundleOf(linked),
  "link-delay": await bundleOf(hasty),
  "link-objection": await bundleOf(unsaid),
  root: edited(ok, ({ evidence }) => (evidence.log as unknown[]).pop()),
  checkpoint: await bundleOf(ledger, {
    change: (parts) => ({ ...parts, checkpoint: parts.checkpoint.replace(/\n— holdfast\/.*\n/, "\n") }),
  }),
  name: edited(ok, ({ evidence }) => {
    const opens = evidence.log[1]?.opens?.label as { value: string } | undefined;
    if (opens) opens.value = "payments";
  }),
  receipt: edited(ok, ({ evidence }) => {
    const [one, two] = evidence.log.filter((entry) => entry.receipt) as { receipt: unknown }[];
    if (one && two) [one.receipt, two.receipt] = [two.receipt, one.receipt];
  }),
  approval: await bundleOf(unapproved),
  state: await bundleOf(astray),
  attest: await bundleOf(ledger, { attest: (document) => ({ ...document, keys: { ...document.keys, count: 1 } }) }),
  certificate: await bundleOf(ledger, { change: (parts) => ({ ...parts, certificate: forged }) }),
  bundle: edited(ok, ({ evidence }) => Object.assign(evidence, { declared: { kek: "other" } })),
};

const cases = [
  { file: "ok", expect: "ok", words, why: "everything holds, and the words are those of the domain" },
  { file: "ok", expect: "ok", witness: witness.vkey, why: "the witness demanded has signed" },
  {
    file: "ok",
    expect: "V_WORDS",
    words: [...words.split(" ")].reverse().join(" "),
    why: "the words in another order",
  },
  { file: "ok", expect: "V_WITNESS", witness: stranger.vkey, why: "the witness demanded has not signed" },
  {
    ...{ file: "ok", expect: "V_STALE", head: await seenHead(grown, now - 60), headWitness: stranger.vkey },
    why: "another witness had seen a longer log before the report was made",
  },
  {
    ...{ file: "ok", expect: "ok", head: await seenHead(grown, now + 60), headWitness: stranger.vkey },
    why: "the log has grown since",
  },
  { file: "ok", expect: "V_WITNESS", head: await seenHead(grown, now - 60), why: "nobody known says when that was" },
  { file: "ok", expect: "ok", head: await seenHead(ledger, now - 60), why: "a head of this very history" },
  { file: "ok", expect: "W_EQUIVOCATION", head: forked, why: "the agent signed another history" },
  { file: "malformed", expect: "V_MALFORMED", why: "a newline after the document" },
  { file: "roster", expect: "V_ROSTER", why: "a link of the chain that the log never accepted" },
  { file: "link", expect: "ok", why: "a renewal was approved, waited its day and is in force" },
  { file: "link-delay", expect: "V_ROSTER", why: "a renewal was in force an hour after it was approved" },
  { file: "link-objection", expect: "V_APPROVAL", why: "a change is called cancelled, and nobody had said no" },
  { file: "root", expect: "V_ROOT", why: "the last entry is missing" },
  { file: "checkpoint", expect: "V_CHECKPOINT", why: "a checkpoint with a witness's signature and none of an agent" },
  { file: "name", expect: "V_NAME", why: "a key is opened under another label than its leaf commits to" },
  { file: "receipt", expect: "V_RECEIPT", why: "two receipts have changed places" },
  { file: "approval", expect: "V_APPROVAL", why: "an agent rotated a key that nobody had approved to rotate" },
  { file: "state", expect: "V_STATE", why: "a deactivated key was resumed, with every approval" },
  { file: "attest", expect: "V_ATTEST", why: "the attestation counts other keys than the log" },
  { file: "certificate", expect: "V_CERTIFICATE", why: "another authority issued the report key's certificate" },
  { file: "bundle", expect: "V_BUNDLE", why: "what the agent declares was changed after it signed" },
];

mkdirSync(FOLDER, { recursive: true });
for (const [name, bytes] of Object.entries(files)) writeFileSync(join(FOLDER, `${name}.json`), bytes);
writeFileSync(join(FOLDER, "cases.json"), `${JSON.stringify(cases, null, 2)}\n`);
