import {
  buildBundle,
  type Declared,
  type DeclaredToken,
  keysDigest,
  reportName,
  signPdf,
  verifyBundle,
} from "@holdfast/custody-report";
import { decodeBase64url, openEntry, parseState, type RosterLink, type Signed } from "@holdfast/protocol";
import type { LogEntry } from "../custody-log/entry.ts";
import { drawReport } from "./pdf/draw-report.ts";

/** What a report says besides the log's entries, as it stood in one moment. Public: it may go to another thread. */
export interface ReportTask {
  readonly tid: string;
  readonly made: number;
  /** First and last second; from the first entry to `made` without one. */
  readonly period: { readonly from: number; readonly to: number } | null;
  readonly chain: readonly RosterLink[];
  /** The signed note of the head that the entries end with. */
  readonly checkpoint: string;
  readonly certificate: Uint8Array;
  readonly authority: Uint8Array;
  readonly declared: { readonly kek: Declared["kek"]; readonly token?: DeclaredToken };
}

/** Who signs for it: where the keys are, which may be another thread. */
export interface ReportSigners {
  /** The agent's word about keys, as it was when the task was made. */
  attest(nonce: string, keys: ReturnType<typeof keysDigest>): Signed | Promise<Signed>;
  /** SHA-256 of the message with the report key; r‖s, 64 bytes. */
  sign(message: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** A report: its file name without ending, the signed PDF, and its evidence bundle. */
export interface Composed {
  readonly name: string;
  readonly pdf: Uint8Array;
  readonly bundle: Uint8Array;
}

/**
 * Puts a report together out of the whole log, verifies it as any reader would, and draws what it then says.
 *
 * @param entries - Reads all of the log, to the checkpoint's size. Asked once: what it gives is let go before the rest begins.
 * @throws {@link ReportError} when the evidence does not hold, or `E_LIMIT` for more than a report may have
 */
export async function composeReport(
  task: ReportTask,
  entries: () => readonly LogEntry[],
  signers: ReportSigners,
): Promise<Composed> {
  const { certificate, authority } = task;
  const bundle = await bundleOf(task, entries(), signers);
  const { facts, content } = await verifyBundle(bundle);
  const signerName = facts.signer.label;
  const drawn = await drawReport(content, { signerName, made: new Date(facts.made * 1000), evidence: bundle });
  const pdf = await signPdf(drawn, { certificate, authority, sign: (message) => signers.sign(message) });
  return { name: reportName(facts), pdf, bundle };
}

function bundleOf(
  { period, made, ...rest }: ReportTask,
  log: readonly LogEntry[],
  signers: ReportSigners,
): Promise<Uint8Array> {
  return buildBundle({
    ...rest,
    made,
    period: { from: period?.from ?? firstTime(log), to: Math.min(period?.to ?? made, made) },
    log,
    attest: (nonce) => signers.attest(nonce, keysOfLog(log)),
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
