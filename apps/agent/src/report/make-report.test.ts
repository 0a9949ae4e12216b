import {
  evidenceNonce,
  parseBundle,
  type ReportContent,
  type ReportError,
  signPdf,
  verifyReport,
} from "@holdfast/custody-report";
import { wordsOf } from "@holdfast/protocol";
import { flipBit, SoftwareLedger, SoftwareReporter } from "@holdfast/testkit";
import { beforeAll, describe, expect, test } from "vitest";
import { LogIndex } from "../keystore/log-index.ts";
import { attest } from "./attest.ts";
import { makeReport } from "./make-report.ts";
import { drawReport } from "./pdf/draw-report.ts";
import type { ReportSource } from "./report-source.ts";
import { isRefusal, refusalOf } from "./testing/refusal-of.ts";

/** A domain in memory, as a report's maker sees one. */
async function sourceOf(ledger: SoftwareLedger): Promise<ReportSource> {
  const { domain, log } = ledger;
  const reporter = new SoftwareReporter(ledger);
  const { head } = await domain.verified();
  return {
    tid: domain.tid,
    aid: domain.agent.aid,
    keys: { aik: signer(domain.agent.aik), report: signer(reporter.report) },
    guard: { time: () => domain.clock.now() },
    rosters: { current: () => head, links: () => domain.links },
    log: {
      get size() {
        return log.size;
      },
      root: () => log.root,
      entries: (from, limit) => log.entries.slice(from, from + limit),
      signCheckpoint: () => log.checkpoint(),
      checkpoint: () => log.checkpoint(),
    },
    executor: {
      recordHostEvent: (kind) => log.append({ kind, subject: domain.agent.aid, data: {} }) !== null,
    },
    authority: { reportCertificate: async () => reporter.certificates() },
    kek: "file",
    token: null,
  };
}

function signer(key: { sign(bytes: Uint8Array): Uint8Array }): ReportSource["keys"]["aik"] {
  return { sign: (bytes) => Buffer.from(key.sign(bytes)) };
}

async function filesOf(ledger: SoftwareLedger): Promise<{ pdf: Uint8Array; bundle: Uint8Array }> {
  const { files } = await makeReport(await sourceOf(ledger));
  const [pdf, bundle] = files.map(({ base64 }) => new Uint8Array(Buffer.from(base64, "base64")));
  return { pdf: pdf ?? new Uint8Array(), bundle: bundle ?? new Uint8Array() };
}

/** The report of a liar who holds the report key: its words are changed before they are drawn and signed. */
async function lie(ledger: SoftwareLedger, change: (content: ReportContent) => ReportContent): Promise<Uint8Array> {
  const reporter = new SoftwareReporter(ledger);
  const evidence = await reporter.bundle();
  const { content, facts } = await verifyReport(evidence);
  const file = { signerName: facts.signer.label, made: new Date(facts.made * 1000), evidence };
  const drawn = await drawReport(change(content), file);
  return signPdf(drawn, { ...reporter.certificates(), sign: (message) => reporter.report.sign(message) });
}

function smallDomain(seed: string): SoftwareLedger {
  const ledger = SoftwareLedger.found({ seed, local: true });
  const key = {
    label: "invoices",
    algorithm: "AES-256",
    usage: ["encrypt", "decrypt"],
    group: "default",
    extractable: false,
  } as const;
  ledger.apply(ledger.domain.propose({ act: "key.create", args: { items: [key] } }));
  return ledger;
}

describe("a custody report", () => {
  const ledger = smallDomain("report");
  let pdf: Uint8Array;
  let bundle: Uint8Array;

  beforeAll(async () => {
    ({ pdf, bundle } = await filesOf(ledger));
  });

  test("verifies in both forms against the words", async () => {
    const words = wordsOf(ledger.domain.tid).join(" ");
    expect(await verifyReport(pdf, { words })).toMatchObject({ form: "pdf", compared: true });
    expect(await verifyReport(bundle, { words })).toMatchObject({ form: "bundle", compared: true });
  });

  test("says what it is not, and who approves", async () => {
    const { content } = await verifyReport(pdf);
    expect(content.title).toBe("Evidence extract, not a compliance assessment");
    expect(content.attention.map(({ text }) => text).join("\n")).toMatch(
      /Local administrator.*\n.*KEK: file on the same host/,
    );
    expect(content.attention.map(({ text }) => text).join("\n")).toContain(
      "without hardware evidence it is the agent's word",
    );
  });

  test("is refused by name when any one of its bytes is another, each of them tried", {
    timeout: 240_000,
  }, async () => {
    const flipped = pdf.slice();
    const outcomes = new Set<string>();
    for (let at = 0; at < pdf.length; at += 1) {
      flipped[at] = (pdf[at] ?? 0) ^ 1;
      const outcome = await refusalOf(flipped);
      if (!isRefusal(outcome)) expect.fail(`byte ${at}: ${outcome}`);
      outcomes.add(outcome);
      flipped[at] = pdf[at] ?? 0;
    }
    expect([...outcomes].sort()).toEqual(["V_MALFORMED", "V_PDF_EVIDENCE", "V_PDF_SIGNATURE"]);
  });

  test("is refused for its signature before anything in it is unpacked", async () => {
    const attached = Buffer.from(pdf).indexOf("/Type /EmbeddedFile");
    const packed = pdf.indexOf(0x78, Buffer.from(pdf).indexOf("stream\n", attached));
    for (const at of [packed, packed + 1, packed + 100, packed + 500]) {
      await expect(verifyReport(flipBit(pdf, at)), `byte ${at}`).rejects.toMatchObject({ code: "V_PDF_SIGNATURE" });
    }
  });

  test("is refused with anything appended", async () => {
    for (const more of ["\n", "%%EOF\n", "1 0 obj\n<<\n>>\nendobj\nstartxref\n0\n%%EOF\n"]) {
      const longer = new Uint8Array(Buffer.concat([pdf, Buffer.from(more)]));
      await expect(verifyReport(longer)).rejects.toMatchObject({ code: "V_PDF_SIGNATURE" });
    }
  });

  test("cannot be given the evidence of another report, not even of the same domain", async () => {
    const [one, two] = [await filesOf(smallDomain("swap")), await filesOf(smallDomain("swapped"))];
    const swapped = spliceEvidence(one.pdf, two.pdf);
    const code = await verifyReport(swapped).catch((error: ReportError) => error.code);
    expect(["V_PDF_SIGNATURE", "V_PDF_EVIDENCE"]).toContain(code);
  });

  test("is refused when its pages say anything else than its evidence, though its own key signed it", async () => {
    expect(await verifyReport(await lie(smallDomain("honest"), (content) => content))).toMatchObject({ form: "pdf" });
    const lies: ((content: ReportContent) => ReportContent)[] = [
      (content) => ({ ...content, headline: content.headline.replace("one", "first") }),
      (content) => ({ ...content, attention: content.attention.slice(1) }),
      (content) => ({ ...content, tables: content.tables.slice(1) }),
      (content) => ({ ...content, closing: `${content.closing} It is certified.` }),
      (content) => ({ ...content, figures: content.figures.map((one) => ({ ...one, value: "7" })) }),
    ];
    for (const change of lies) {
      await expect(verifyReport(await lie(smallDomain("liar"), change))).rejects.toMatchObject({ code: "V_PDF_TEXT" });
    }
  });

  test("is refused under the key of another certificate than its evidence names", async () => {
    const victim = smallDomain("victim");
    const thief = new SoftwareReporter(smallDomain("thief"));
    const evidence = await new SoftwareReporter(victim).bundle();
    const { content, facts } = await verifyReport(evidence);
    const drawn = await drawReport(content, { signerName: "thief", made: new Date(facts.made * 1000), evidence });
    const signed = await signPdf(drawn, { ...thief.certificates(), sign: (message) => thief.report.sign(message) });
    await expect(verifyReport(signed)).rejects.toMatchObject({ code: "V_PDF_SIGNATURE" });
  });

  test("is not made while the agent is recovering", async () => {
    const source = await sourceOf(smallDomain("recovering"));
    const recovering = { ...source, executor: { recordHostEvent: () => false } };
    await expect(makeReport(recovering)).rejects.toMatchObject({ code: "E_RECOVERING" });
  });
});

test("nobody has evidence signed for by asking for an attestation", async () => {
  const ledger = smallDomain("asked");
  const source = { ...(await sourceOf(ledger)), keystore: { keys: () => [] }, index: new LogIndex() };
  const bundle = await new SoftwareReporter(ledger).bundle();
  const nonce = evidenceNonce(parseBundle(bundle).evidence);
  expect(() => attest(source, nonce)).toThrow(expect.objectContaining({ code: "E_SCHEMA" }));
  expect(attest(source, nonce.slice(0, 64))).toMatchObject({ doc: expect.any(String) });
});

/** Puts the attachment of one report in the place of another's. */
function spliceEvidence(into: Uint8Array, from: Uint8Array): Uint8Array {
  const [target, source] = [into, from].map((pdf) => {
    const text = Buffer.from(pdf).toString("latin1");
    const start = text.indexOf("stream\n", text.indexOf("/Type /EmbeddedFile")) + "stream\n".length;
    return { start, end: text.indexOf("\nendstream", start), pdf: Buffer.from(pdf) };
  });
  if (!target || !source) return into;
  const evidence = source.pdf.subarray(source.start, source.end);
  return new Uint8Array(
    Buffer.concat([target.pdf.subarray(0, target.start), evidence, target.pdf.subarray(target.end)]),
  );
}
