import { setTimeout as delay } from "node:timers/promises";
import { MAX_BUNDLE_BYTES, ReportError } from "@holdfast/custody-report";
import { parseNote } from "@holdfast/tlog";
import { AdmissionError } from "../admission/errors.ts";
import type { LogEntry } from "../custody-log/entry.ts";
import type { IssuedFile } from "../lifecycle/client-issuer.ts";
import { attestKeys } from "./attest.ts";
import { composeAside } from "./compose-aside.ts";
import type { Composed, ReportSigners, ReportTask } from "./compose-report.ts";
import type { ReportSource } from "./report-source.ts";

/** What a report is about; the whole life of the domain without one. */
export interface ReportOptions {
  /** First and last second. */
  readonly period?: { readonly from: number; readonly to: number };
  /** How long to wait for witnesses' signatures of the newest checkpoint. */
  readonly witnessMilliseconds?: number;
  /** Entries of the log from which on it is made in a thread of its own. */
  readonly many?: number;
}

const WITNESS_MILLISECONDS = 5_000;
const CHUNK = 1_000;
const MANY = 1_000;

/**
 * Makes the custody report: the signed PDF with its evidence inside, and the evidence as a file of its own.
 *
 * The words come from evidence that the agent has verified as any reader would; a report that a reader would refuse is
 * never handed out. An entry of the log says that it was made. What is written meanwhile is not in it.
 *
 * @throws {@link AdmissionError} `E_RECOVERING`, `E_LIMIT`; {@link ReportError} when the domain's own evidence does not
 * hold
 */
export async function makeReport(
  source: ReportSource,
  options: ReportOptions = {},
): Promise<{ readonly files: readonly IssuedFile[] }> {
  if (!source.executor.recordHostEvent("report")) throw new AdmissionError("E_RECOVERING");
  await untilWitnessed(source, options.witnessMilliseconds ?? WITNESS_MILLISECONDS);
  const certificates = await source.authority.reportCertificate();
  const { name, pdf, bundle } = await composed(source, options, certificates).catch((error: unknown) => {
    throw error instanceof ReportError && error.code === "E_LIMIT" ? tooLong() : error;
  });
  return {
    files: [
      issuedFile(`${name}.pdf`, "application/pdf", pdf),
      issuedFile(`${name}.holdfast.json`, "application/vnd.holdfast.evidence+json", bundle),
    ],
  };
}

function tooLong(): AdmissionError {
  return new AdmissionError(
    "E_LIMIT",
    `The custody log is longer than a report may have: ${MAX_BUNDLE_BYTES / 1024 / 1024} MiB, or the memory for it.`,
    {},
    "`holdfast-agent audit verify` verifies all of it here; `holdfast-agent audit export` gives it to whoever is to verify it elsewhere.",
  );
}

/** Takes down in one turn of the event loop what the report is of, so that nothing is written in between. */
function composed(
  source: ReportSource,
  { period, many = MANY }: ReportOptions,
  certificates: { readonly certificate: Uint8Array; readonly authority: Uint8Array },
): Promise<Composed> {
  const { tid, guard, log, rosters, kek, token, store } = source;
  const task: ReportTask = {
    tid,
    made: guard.time(),
    period: period ?? null,
    chain: rosters.links(),
    checkpoint: log.signCheckpoint(),
    declared: token === null ? { kek } : { kek, token },
    ...certificates,
  };
  const signers = signersOf(source, task.made);
  const { size } = log;
  if (store !== undefined && size >= many) return composeAside({ task, path: store.path, size }, signers);
  const entries: LogEntry[] = [];
  for (let from = 0; from < size; from += CHUNK) entries.push(...log.entries(from, CHUNK));
  return import("./compose-report.ts").then(({ composeReport }) => composeReport(task, () => entries, signers));
}

/** Who signs about the log, roster and time of this moment, whenever it is asked. */
function signersOf({ tid, aid, keys, log, rosters }: ReportSource, made: number): ReportSigners {
  const [size, root, roster] = [log.size, log.root(), rosters.current()];
  const then = {
    ...{ tid, aid, keys },
    log: { size, root: () => root },
    rosters: { current: () => roster },
    guard: { time: () => made },
  };
  return {
    attest: (nonce, digest) => attestKeys(then, digest, nonce),
    sign: (message) => keys.report.sign(message),
  };
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
