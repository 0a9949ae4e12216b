import { TlogError } from "@holdfast/tlog";
import type { Domain } from "../domain.ts";
import { notesOf } from "../witnesses/found-note.ts";
import { LinkError } from "./errors.ts";
import type { GatewayClient } from "./gateway-client.ts";
import { learnFromGateway } from "./learn-from-gateway.ts";
import { sharedEntry } from "./shared-entry.ts";

/** A part stays well below the 1 MiB that a request may have. */
const PART_BYTES = 700_000;
const PART_ENTRIES = 200;
/** How often the gateway may say that it is elsewhere before the upload is given up for now. */
const MOST_CONFLICTS = 3;

/** What a gateway holds of this log. */
interface HeldLog {
  readonly links: number;
  readonly size: number;
  readonly checkpoint?: unknown;
  readonly others?: unknown;
}

/**
 * Brings the gateway's copy of chain and log up to this agent's, part by part, each proved against the signed
 * checkpoint, and takes the witness's cosignature of the newest one.
 *
 * @returns true when everything is there and cosigned; false when the log has grown meanwhile
 * @throws {@link LinkError} as the client; `E_GATEWAY_REFUSED` when the gateway holds more than this agent, or refuses
 */
export async function uploadLog(domain: Domain, client: GatewayClient, signal: AbortSignal): Promise<boolean> {
  const held = await client.post<HeldLog>("/v1/log/state", {}, { signal });
  for (const found of notesOf(held)) await domain.witnesses.noticeOnce(found);
  await learnFromGateway(domain, client, { held: held.links, signal });
  const links = domain.rosters.links();
  if (held.links < links.length)
    await client.post("/v1/roster", { from: held.links, links: links.slice(held.links) }, { signal });
  let size = held.size;
  let conflicts = 0;
  for (;;) {
    const { log } = domain;
    if (size > log.size) {
      throw new LinkError("E_GATEWAY_REFUSED", "The control plane holds a longer log than this agent.", {
        size,
        own: log.size,
      });
    }
    const checkpoint = log.signCheckpoint();
    const total = log.size;
    const entries = partFrom(domain, size);
    const end = size + entries.length;
    const proof = end > 0 && end < total ? log.consistency(end, total) : [];
    const answer = await client.ask("/v1/log", { from: size, entries, checkpoint, proof }, { signal });
    const elsewhere = answer.body.size;
    if (answer.status === 409 && typeof elsewhere === "number" && elsewhere !== size && conflicts < MOST_CONFLICTS) {
      conflicts += 1;
      size = elsewhere;
      continue;
    }
    if (answer.status !== 200) {
      const reason = typeof answer.body.code === "string" ? answer.body.code.slice(0, 32) : String(answer.status);
      throw new LinkError("E_GATEWAY_REFUSED", `The control plane refused the log (${reason}).`, { reason, size });
    }
    size = end;
    if (end < total) continue;
    const { cosignature } = answer.body;
    if (log.size > total) return false;
    if (typeof cosignature === "string") await takeCosignature(domain, cosignature, checkpoint);
    return log.size === total;
  }
}

/** A cosignature counts if the roster names its witness; without one the log is as good as before, and unwitnessed. */
async function takeCosignature({ log, rosters, logger }: Domain, line: string, checkpoint: string): Promise<void> {
  if (rosters.current().roster.witnesses.length === 0) return;
  try {
    await log.addCosignature(line, checkpoint);
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
    logger.warn("witness.refused", { code: error.code });
  }
}

function partFrom({ log, keystore }: Domain, from: number) {
  const { share } = keystore.domain();
  const entries = log.entries(from, PART_ENTRIES).map((entry) => sharedEntry(entry, share));
  let bytes = 0;
  const fitting = entries.findIndex((entry) => {
    bytes += JSON.stringify(entry).length;
    return bytes > PART_BYTES;
  });
  return fitting < 0 ? entries : entries.slice(0, Math.max(1, fitting));
}
