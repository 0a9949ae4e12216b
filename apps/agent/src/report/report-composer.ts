// The thread of compose-aside.ts.
import { once } from "node:events";
import { parentPort, workerData } from "node:worker_threads";
import { ReportError } from "@holdfast/custody-report";
import { type LogEntry, toEntry } from "../custody-log/entry.ts";
import { openLogRows } from "../keystore/sqlite/log-rows.ts";
import type { ComposerTask, FromComposer, ToComposer } from "./compose-aside.ts";
import { composeReport } from "./compose-report.ts";

const CHUNK = 1_000;

const { task, path, size } = workerData as ComposerTask;
const port = parentPort;
if (port === null) throw new TypeError("This is the thread of compose-aside.ts.");

/** Asks where the keys are; one question at a time. */
async function ask<T extends ToComposer>(asked: FromComposer): Promise<T> {
  const answered = once(port as NonNullable<typeof port>, "message");
  tell(asked);
  const [answer] = (await answered) as [T];
  return answer;
}

function tell(word: FromComposer): void {
  port?.postMessage(word);
}

try {
  const composed = await composeReport(task, readEntries, {
    attest: async (nonce, keys) =>
      (await ask<Extract<ToComposer, { attested: unknown }>>({ is: "attest", nonce, keys })).attested,
    sign: async (message) =>
      (await ask<Extract<ToComposer, { signature: unknown }>>({ is: "sign", message })).signature,
  });
  tell({ is: "done", composed });
} catch (error) {
  if (!(error instanceof ReportError)) throw error;
  tell({ is: "refused", code: error.code, message: error.message, detail: error.detail });
}

function readEntries(): LogEntry[] {
  const rows = openLogRows(path);
  try {
    const entries: LogEntry[] = [];
    for (let from = 0; from < size; from += CHUNK)
      for (const row of rows.leaves(from, Math.min(CHUNK, size - from))) entries.push(toEntry(row));
    return entries;
  } finally {
    rows.close();
  }
}
