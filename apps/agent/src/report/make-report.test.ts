import { writeFileSync } from "node:fs";
import { ReportError, verifyReport } from "@holdfast/custody-report";
import { wordsOf } from "@holdfast/protocol";
import { SoftwareLedger, SoftwareReporter } from "@holdfast/testkit";
import { beforeAll, describe, expect, test } from "vitest";
import { makeReport } from "./make-report.ts";
import type { ReportSource } from "./report-source.ts";

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
  };
}

function signer(key: { sign(bytes: Uint8Array): Uint8Array }): ReportSource["keys"]["aik"] {
  return { sign: (bytes) => Buffer.from(key.sign(bytes)) };
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
    const { files } = await makeReport(await sourceOf(ledger));
    [pdf, bundle] = files.map(({ base64 }) => new Uint8Array(Buffer.from(base64, "base64"))) as [
      Uint8Array,
      Uint8Array,
    ];
    if (process.env["HOLDFAST_KEEP_REPORT"]) writeFileSync(process.env["HOLDFAST_KEEP_REPORT"], pdf);
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

  test("is refused by name when any one of its bytes is another", async () => {
    const step = Math.max(1, Math.floor(pdf.length / 150));
    for (let at = 0; at < pdf.length; at += step) {
      const flipped = pdf.slice();
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      await expect(verifyReport(flipped), `byte ${at}`).rejects.toBeInstanceOf(ReportError);
    }
  });

  test("is refused with anything appended", async () => {
    for (const more of ["\n", "%%EOF\n", "1 0 obj\n<<\n>>\nendobj\nstartxref\n0\n%%EOF\n"]) {
      const longer = new Uint8Array(Buffer.concat([pdf, Buffer.from(more)]));
      await expect(verifyReport(longer)).rejects.toMatchObject({ code: "V_PDF_SIGNATURE" });
    }
  });
});
