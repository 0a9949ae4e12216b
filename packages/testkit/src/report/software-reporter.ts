import { buildBundle, type Evidence, keysDigest } from "@holdfast/custody-report";
import { type Attest, encodeAttest, encodeState } from "@holdfast/protocol";
import { cosign, formatVkey, NOTE_TYPE, type NoteSignature, type NoteSigner, noteKey, parseNote } from "@holdfast/tlog";
import { SoftwareKey } from "../keys/software-key.ts";
import type { SoftwareLedger } from "../log/software-ledger.ts";
import { softwareCertificate } from "./software-authority.ts";

const DAY = 86_400;

/** What a report is told, and which lies it tells. */
export interface ReportOptions {
  readonly period?: Evidence["period"];
  readonly kek?: Evidence["declared"]["kek"];
  /** Witnesses that cosign its checkpoint. */
  readonly witnesses?: readonly NoteSigner[];
  /** Changes the evidence before the agent signs for it. */
  readonly change?: (parts: ReportParts) => ReportParts;
  /** Changes the attestation before it is signed. */
  readonly attest?: (document: Attest) => Attest;
}

type ReportParts = Omit<Parameters<typeof buildBundle>[0], "attest">;

/** Makes the reports of a domain in memory, as its agent would. */
export class SoftwareReporter {
  readonly ledger: SoftwareLedger;
  readonly ca: SoftwareKey;
  readonly report: SoftwareKey;

  constructor(ledger: SoftwareLedger) {
    this.ledger = ledger;
    this.ca = SoftwareKey.make("ES256", `ca ${ledger.domain.seed}`);
    this.report = SoftwareKey.make("ES256", `report ${ledger.domain.seed}`);
  }

  /** The certificates of the report key and of the domain's authority, DER. */
  certificates(): { readonly certificate: Uint8Array<ArrayBuffer>; readonly authority: Uint8Array<ArrayBuffer> } {
    const now = this.ledger.domain.clock.now();
    const issuer = `Holdfast ${this.ledger.domain.tid}`;
    const dates = { notBefore: now - DAY, notAfter: now + 400 * DAY };
    const { ca, report } = this;
    return {
      certificate: softwareCertificate({ subject: "report", issuer, key: report, by: ca, ...dates }),
      authority: softwareCertificate({ subject: issuer, issuer, key: ca, by: ca, isAuthority: true, ...dates }),
    };
  }

  /** The evidence bundle over the log as it stands. */
  async bundle(options: ReportOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
    const { domain, log } = this.ledger;
    const made = domain.clock.now();
    const parts: ReportParts = {
      tid: domain.tid,
      made,
      period: options.period ?? { from: domain.roster.issued - 365 * DAY, to: made },
      chain: domain.links,
      log: log.entries,
      checkpoint: await this.#checkpoint(options.witnesses ?? []),
      ...this.certificates(),
      declared: { kek: options.kek ?? "file" },
    };
    return buildBundle({
      ...(options.change ? options.change(parts) : parts),
      attest: (nonce) => {
        const document = this.attest(nonce);
        const bytes = encodeAttest(options.attest ? options.attest(document) : document);
        return domain.agent.sign("attest", "attest", bytes);
      },
    });
  }

  /** What the agent says of itself. */
  attest(nonce: string): Attest {
    const { domain, log, states } = this.ledger;
    const keys = [...states.values()].filter(({ kind }) => kind === "key");
    return {
      typ: "attest",
      ver: 1,
      tid: domain.tid,
      aid: domain.agent.aid,
      build: "holdfast-agent 0.0.0",
      runtime: "Node.js 24",
      fips: {
        mode: "off",
        module: "OpenSSL",
        moduleVersion: "3.5.0",
        linkage: "bundled",
        validation: "not claimed",
      },
      roster: { seq: domain.roster.seq, hash: domain.hash },
      checkpoint: { size: log.size, root: log.root },
      keys: keysDigest(keys.map((state) => ({ id: state.id, bytes: encodeState(state) }))),
      evidence: [{ kind: "none" }],
      nonce,
      ts: domain.clock.now(),
    };
  }

  async #checkpoint(witnesses: readonly NoteSigner[]): Promise<string> {
    const { log, domain } = this.ledger;
    const { text } = parseNote(log.checkpoint());
    const lines: NoteSignature[] = [];
    for (const witness of witnesses) lines.push(await cosign(text, witness, domain.clock.now()));
    return log.checkpoint(lines);
  }
}

/** A witness in memory, with the vkey that a roster names it by. */
export function softwareWitness(name: string): NoteSigner & { readonly vkey: string } {
  const key = SoftwareKey.make("EdDSA", `witness ${name}`);
  const note = noteKey(name, NOTE_TYPE.cosignature, key.edwardsPoint);
  return { key: note, vkey: formatVkey(note), sign: (message) => key.sign(message) };
}
