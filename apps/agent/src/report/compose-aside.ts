import { totalmem } from "node:os";
import { Worker } from "node:worker_threads";
import { ReportError, type ReportErrorCode } from "@holdfast/custody-report";
import type { Signed } from "@holdfast/protocol";
import type { Composed, ReportSigners, ReportTask } from "./compose-report.ts";

/** What the thread is given: nothing secret. */
export interface ComposerTask {
  readonly task: ReportTask;
  /** The store's file. The thread reads it, beside whoever has it open. */
  readonly path: string;
  /** Entries of the log to read. */
  readonly size: number;
}

/** What the thread asks for, and what it ends with. */
export type FromComposer =
  | { readonly is: "attest"; readonly nonce: string; readonly keys: Parameters<ReportSigners["attest"]>[1] }
  | { readonly is: "sign"; readonly message: Uint8Array }
  | { readonly is: "done"; readonly composed: Composed }
  | {
      readonly is: "refused";
      readonly code: ReportErrorCode;
      readonly message: string;
      readonly detail: ReportError["detail"];
    };

/** What the thread is answered. */
export type ToComposer = { readonly attested: Signed } | { readonly signature: Uint8Array };

let before: Promise<unknown> = Promise.resolve();

/**
 * {@link composeReport} in a thread of its own, so that keys are used meanwhile, and a log that is too long for it ends
 * this thread and nothing else. The thread has no key: what is signed is signed here. Reports are made one after another, for each takes
 * a good part of the memory.
 *
 * @throws {@link ReportError} as `composeReport`; `E_LIMIT` too where the memory does not suffice
 */
export function composeAside(given: ComposerTask, signers: ReportSigners): Promise<Composed> {
  const made = before.then(() => composeInThread(given, signers));
  before = made.catch(() => {});
  return made;
}

function composeInThread(given: ComposerTask, signers: ReportSigners): Promise<Composed> {
  const resourceLimits = { maxOldGenerationSizeMb: memoryMebibytes() };
  const worker = new Worker(new URL("./report-composer.ts", import.meta.url), { workerData: given, resourceLimits });
  return new Promise<Composed>((resolve, reject) => {
    const answer = async (asked: FromComposer): Promise<void> => {
      if (asked.is === "done") resolve(asked.composed);
      else if (asked.is === "refused") reject(new ReportError(asked.code, asked.message, asked.detail));
      else worker.postMessage(await answerOf(asked, signers));
    };
    worker.on("message", (asked: FromComposer) => void answer(asked).catch(reject));
    worker.on("error", (error) => reject(outOfMemory(error) ?? error));
    worker.on("exit", () => reject(new TypeError("The thread that makes a report ended without one.")));
  }).finally(() => worker.terminate());
}

/** Half of the machine's memory, or of what the process may have of it. */
function memoryMebibytes(): number {
  const bytes = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  return Math.floor(bytes / 2 / 1024 / 1024);
}

async function answerOf(
  asked: Extract<FromComposer, { is: "attest" | "sign" }>,
  signers: ReportSigners,
): Promise<ToComposer> {
  return asked.is === "attest"
    ? { attested: await signers.attest(asked.nonce, asked.keys) }
    : { signature: await signers.sign(asked.message) };
}

function outOfMemory(error: Error): ReportError | null {
  if ((error as NodeJS.ErrnoException).code !== "ERR_WORKER_OUT_OF_MEMORY") return null;
  return new ReportError("E_LIMIT", "The report of this log needs more memory than the key server may take.");
}
