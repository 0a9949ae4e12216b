import { deriveFacts } from "../build/derive-facts.ts";
import { ReportError } from "../errors.ts";
import { type Bundle, certificatesOf, parseBundle } from "../model/bundle.ts";
import type { Facts } from "../model/facts.ts";
import { verifyCertificates } from "../pdf/verify-certificates.ts";
import { renderContent } from "../render/render-content.ts";
import type { ReportContent } from "../render/report-content.ts";
import { type Check, describeChecks } from "./describe-checks.ts";
import { verifyAttestation } from "./verify-attestation.ts";
import { verifyChain } from "./verify-chain.ts";
import { verifyHeads } from "./verify-heads.ts";
import { readLog, verifyCheckpoint, verifyWitnesses } from "./verify-log.ts";
import { walkLog } from "./walk-log.ts";

/** What a reader brings along: the only things that cannot come out of the file itself. */
export type VerifyOptions = {
  /** The eight matching words, as read from the agent's console. */
  readonly words?: string | undefined;
  /** vkeys of witnesses who must have cosigned. */
  readonly witnesses?: readonly string[] | undefined;
  /** Signed heads of the log that were found elsewhere: at a witness, in another report. */
  readonly heads?: readonly string[] | undefined;
  /** vkeys of witnesses who say when such a head was seen; they need not have cosigned the report. */
  readonly headWitnesses?: readonly string[] | undefined;
};

/** A report whose every claim was verified. */
export type VerifiedReport = {
  readonly form: "bundle" | "pdf";
  readonly facts: Facts;
  readonly content: ReportContent;
  /** What was checked, in plain words and in order. */
  readonly checks: readonly Check[];
  /** Whether the words were given and fit; without them nothing says whose environment this is. */
  readonly compared: boolean;
};

/**
 * Verifies a bundle offline, from the genesis of its environment to the attestation over the evidence.
 *
 * Trusts: `options` only. Every byte of the file is hostile.
 *
 * @throws {@link ReportError} by the fact that does not hold; nothing else is thrown for any bytes
 * @see docs/spec/custody-report.md
 */
export async function verifyBundle(bytes: Uint8Array, options: VerifyOptions = {}): Promise<VerifiedReport> {
  return verifyParsed(parseBundle(bytes), options);
}

/** Verifies a bundle that was read. @throws {@link ReportError} */
export async function verifyParsed(bundle: Bundle, options: VerifyOptions): Promise<VerifiedReport> {
  const { evidence } = bundle;
  const log = readLog(evidence);
  const chain = await verifyChain(evidence, log.entries);
  const { roster } = chain.head;
  const checkpoint = await verifyCheckpoint(evidence, log, roster);
  const cosignatures = await verifyWitnesses(checkpoint, roster, options.witnesses ?? []);
  const { heads = [], headWitnesses = [], witnesses = [] } = options;
  const given = { heads, witnesses: [...witnesses, ...headWitnesses] };
  const headChecks = await verifyHeads(given, evidence, log, roster);
  const walked = await walkLog(evidence, log, chain);
  await verifyCertificates(certificatesOf(evidence), evidence.made);
  const attest = await verifyAttestation(bundle, { chain, checkpoint, replay: walked.replay });
  checkPeriod(bundle);
  const facts = deriveFacts({ evidence, log, chain, walked, checkpoint, cosignatures, attest });
  const compared = options.words !== undefined;
  if (options.words !== undefined) compareWords(options.words, facts.words);
  const checks = describeChecks({ facts, walked, demanded: options.witnesses?.length ?? 0, compared });
  // What a reader brings along comes before what remains open: whose environment it is.
  const all = [...checks.slice(0, -1), ...headChecks, ...checks.slice(-1)];
  return { form: "bundle", facts, content: renderContent(facts), checks: all, compared };
}

function checkPeriod({ evidence: { period, made } }: Bundle): void {
  if (period.from > period.to || period.to > made) {
    throw new ReportError("V_MALFORMED", "The report's period does not end before the report was made.");
  }
}

function compareWords(given: string, expected: readonly string[]): void {
  const words = given
    .normalize("NFC")
    .trim()
    .toLowerCase()
    .split(/[\s·,]+/);
  if (words.join(" ") !== expected.join(" ")) {
    throw new ReportError("V_WORDS", "The words are not those of this environment: the report is about another one.");
  }
}
