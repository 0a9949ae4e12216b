import { HoldfastError } from "@holdfast/protocol";
import { logOrigin, TlogError } from "@holdfast/tlog";
import type { CustodyLog } from "../custody-log/custody-log.ts";
import type { FoundNote } from "./found-note.ts";
import { showHead } from "./show-head.ts";
import type { WitnessClient } from "./witness-client.ts";
import { WitnessError } from "./witness-error.ts";

/** What one visit is about. */
export interface VisitParts {
  readonly log: CustodyLog;
  readonly tid: string;
  /** The witness's name. */
  readonly name: string;
  /** The size that it is believed to have seen. */
  readonly oldSize: number;
  readonly signal: AbortSignal;
  /** Takes what it shows of this log. */
  readonly notice: (found: FoundNote) => Promise<void>;
}

const REFUSED: Readonly<Record<number, string>> = {
  400: "It cannot read what is shown to it.",
  403: "It knows this log under another key.",
  404: "It does not follow this log.",
  409: "It has cosigned another tree of this size.",
  422: "It has cosigned a tree that this log does not extend.",
};

/**
 * Shows a witness the newest head, takes its cosignature, and looks at what else it has seen of this log.
 *
 * @throws {@link WitnessError} when there is no cosignature; {@link TlogError} when it does not hold
 */
export async function visitWitness(client: WitnessClient, visit: VisitParts): Promise<void> {
  const { log, tid, name, oldSize, signal, notice } = visit;
  const origin = logOrigin(tid);
  const shown = await showHead(client, log, { oldSize, signal });
  if (shown.kind === "cosigned") await log.addCosignature(shown.answer, shown.note);
  const head = shown.kind === "cosigned" ? null : await client.head(origin, signal);
  if (head !== null) await notice({ note: head, from: name, as: "head" });
  const others = await client.others(origin, signal);
  for (const note of others) await notice({ note, from: name, as: "refused" });
  if (signal.aborted || shown.kind === "cosigned") return;
  if (shown.kind === "elsewhere")
    throw new WitnessError("E_WITNESS", `It says it has seen ${shown.size} entries, and shows nothing signed for it.`);
  throw new WitnessError("E_WITNESS", REFUSED[shown.status] ?? `It refuses with status ${shown.status}.`);
}

/** Why a visit came to nothing, in a sentence. */
export function faultOf(error: unknown): string {
  if (error instanceof TlogError) return `Its cosignature does not hold (${error.code}).`;
  if (error instanceof HoldfastError) return error.message;
  throw error;
}
