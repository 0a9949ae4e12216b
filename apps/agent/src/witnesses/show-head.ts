import { decodeBase64url } from "@holdfast/protocol";
import { formatAddCheckpoint, parseNote } from "@holdfast/tlog";
import type { CustodyLog } from "../custody-log/custody-log.ts";
import type { WitnessClient } from "./witness-client.ts";

/** What became of showing a witness the newest head. */
export type Shown =
  | { readonly kind: "cosigned"; readonly answer: string; readonly note: string; readonly size: number }
  /** It says that it has seen more than there is here. */
  | { readonly kind: "elsewhere"; readonly size: number }
  | { readonly kind: "refused"; readonly status: number };

/** The witness may be elsewhere than we think, once, and move on meanwhile, once. */
const MOST_TRIES = 3;

/**
 * Shows a witness the log's newest head, from the size that it has seen.
 *
 * @param oldSize - The size that it is believed to have seen; it corrects that itself.
 * @throws {@link WitnessError} `E_WITNESS_GONE`
 * @see C2SP tlog-witness, "add-checkpoint"
 */
export async function showHead(
  client: WitnessClient,
  log: Pick<CustodyLog, "signCheckpoint" | "size" | "consistency">,
  { oldSize, signal }: { readonly oldSize: number; readonly signal: AbortSignal },
): Promise<Shown> {
  let old = Math.min(oldSize, log.size);
  let status = 0;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const note = log.signCheckpoint();
    const { size } = log;
    const proof = old > 0 && old < size ? log.consistency(old, size).map((hash) => decodeBase64url(hash)) : [];
    const reply = await client.addCheckpoint(
      formatAddCheckpoint({ oldSize: old, proof, note: parseNote(note) }),
      signal,
    );
    status = reply.status;
    if (status === 200) return { kind: "cosigned", answer: reply.body, note, size };
    const seen = status === 409 && /^(0|[1-9]\d{0,15})\n$/.test(reply.body) ? Number(reply.body) : null;
    if (seen === null || seen === old) break;
    if (seen > size) return { kind: "elsewhere", size: seen };
    old = seen;
  }
  return { kind: "refused", status };
}
