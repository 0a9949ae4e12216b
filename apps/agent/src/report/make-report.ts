import { setTimeout as delay } from "node:timers/promises";
import { buildBundle, keysDigest, reportName, signPdf, verifyBundle } from "@holdfast/custody-report";
import { decodeBase64url, openEntry, parseState } from "@holdfast/protocol";
import { parseNote } from "@holdfast/tlog";
import { AdmissionError } from "../admission/errors.ts";
import type { LogEntry } from "../custody-log/entry.ts";
import type { IssuedFile } from "../lifecycle/client-issuer.ts";
import { attestKeys } from "./attest.ts";
import { drawReport } from "./pdf/draw-report.ts";
import type { ReportSource } from "./report-source.ts";

/** What a report is about; the whole life of the domain without one. */
export interface ReportOptions {
  /** First and last second. */
  readonly period?: { readonly from: number; readonly to: number };
  /** How long to wait for witnesses' signatures of the newest checkpoint. */
  readonly witnessMilliseconds?: number;
}

const WITNESS_MILLISECONDS = 5_000;
const CHUNK = 1_000;

/**
 * Makes the custody report: the signed PDF with its evidence inside, and the evidence as a file of its own.
 *
 * The words come from evidence that the agent has verified as any reader would; a report that a reader would refuse is
 * never handed out. An entry of the log says that it was made.
 *
 * @throws {@link AdmissionError} `E_RECOVERING`; {@link ReportError} when the domain's own evidence does not hold
 */
export async function makeReport(
  source: ReportSource,
  options: ReportOptions = {},
): Promise<{ readonly files: readonly IssuedFile[] }> {
  if (!source.executor.recordHostEvent("report")) throw new AdmissionError("E_RECOVERING");
  await untilWitnessed(source, options.witnessMilliseconds ?? WITNESS_MILLISECONDS);
  const { certificate, authority } = await source.authority.reportCertificate();
  const bundle = await makeBundle(source, options, { certificate, authority });
  const { facts, content } = await verifyBundle(bundle);
  const drawn = await drawReport(content, {
    signerName: facts.signer.label,
    made: new Date(facts.made * 1000),
    evidence: bundle,
  });
  const pdf = await signPdf(drawn, { certificate, authority, sign: (message) => source.keys.report.sign(message) });
  const name = reportName(facts);
  return {
    files: [
      issuedFile(`${name}.pdf`, "application/pdf", pdf),
      issuedFile(`${name}.holdfast.json`, "application/vnd.holdfast.evidence+json", bundle),
    ],
  };
}

/** Reads what the evidence consists of in one turn of the event loop, so that nothing is written in between. */
async function makeBundle(
  source: ReportSource,
  { period }: ReportOptions,
  certificates: { readonly certificate: Uint8Array; readonly authority: Uint8Array },
): Promise<Uint8Array> {
  const { tid, guard, log, rosters, kek, token } = source;
  const checkpoint = log.signCheckpoint();
  const entries: LogEntry[] = [];
  for (let from = 0; from < log.size; from += CHUNK) entries.push(...log.entries(from, CHUNK));
  const made = guard.time();
  const chain = rosters.links();
  return buildBundle({
    tid,
    made,
    period: { from: period?.from ?? firstTime(entries), to: Math.min(period?.to ?? made, made) },
    chain,
    log: entries,
    checkpoint,
    ...certificates,
    declared: token === null ? { kek } : { kek, token },
    attest: (nonce) => attestKeys(source, keysOfLog(entries), nonce),
  });
}

/** A row that was put back changes nothing here: what counts is what the log says last. */
function keysOfLog(entries: readonly LogEntry[]): ReturnType<typeof keysDigest> {
  const states = new Map<string, Uint8Array>();
  for (const { state } of entries) {
    if (state === undefined) continue;
    const bytes = decodeBase64url(state);
    const { kind, id } = parseState(bytes);
    if (kind === "key") states.set(id, bytes);
  }
  return keysDigest([...states].map(([id, bytes]) => ({ id, bytes })));
}

function firstTime([first]: readonly LogEntry[]): number {
  return first === undefined ? 0 : openEntry(first).leaf.ts;
}

/** Waits, for a while, until the newest checkpoint has a signature of a witness where the roster names one. */
async function untilWitnessed({ log, rosters }: ReportSource, milliseconds: number): Promise<void> {
  if (rosters.current().roster.witnesses.length === 0) return;
  const end = performance.now() + milliseconds;
  while (parseNote(log.signCheckpoint()).signatures.length < 2 && performance.now() < end) await delay(100);
}

function issuedFile(name: string, mediaType: string, bytes: Uint8Array): IssuedFile {
  return { name, mediaType, base64: Buffer.from(bytes).toString("base64") };
}
