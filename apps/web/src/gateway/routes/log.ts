import { lockTrust, notifyEvent, type TenantClient, writeLogSize } from "@holdfast/db";
import { HoldfastError, parseEntry } from "@holdfast/protocol";
import { logOrigin, openCheckpoint } from "@holdfast/tlog";
import { z } from "zod";
import { GatewayError } from "../gateway-error.ts";
import type { AgentRequest } from "../http/agent-request.ts";
import { count, hash } from "../http/fields.ts";
import { readFields } from "../http/read-fields.ts";
import { takeEntries } from "../ingest/take-entries.ts";
import { logKeys } from "../ingest/trust.ts";
import { underSuspicion } from "../ingest/under-suspicion.ts";

const MOST_ENTRIES = 200;
const LONGEST_NOTE = 16_384;
const LONGEST_PROOF = 64;

const fields = z.strictObject({
  from: count,
  entries: z.array(z.unknown()).max(MOST_ENTRIES),
  checkpoint: z.string().max(LONGEST_NOTE),
  proof: z.array(hash).max(LONGEST_PROOF),
});

/** Takes entries of the custody log under a signed head, and cosigns that head once all of it is here. */
export function log(request: AgentRequest): Promise<object> {
  const { entries, ...upload } = readFields(fields, request.body);
  const take = async (tx: TenantClient) => {
    const { gateway, scope } = request;
    const { witness, trust: chains } = gateway;
    const trust = await lockTrust(tx, scope);
    if (trust === null) throw new GatewayError("E_AGENT", "The environment is gone.");
    const chain = await chains.chainOf(scope.environmentId, trust);
    // Asked again under the lock: the roster may have changed since the request was let in.
    const isNamed = chain.head.roster.agents.some(({ aid, aik }) => aid === request.aid && aik === request.aik);
    if (!isNamed) throw new GatewayError("E_AGENT", "The environment's administrators removed the agent.");
    const given = { ...upload, entries: entries.map((entry) => parseEntry(entry)) };
    const taken = await takeEntries(tx, scope, given, { chain, witness, now: gateway.now() });
    await writeLogSize(tx, scope, { aid: request.aid, size: taken.size });
    if (entries.length > 0 || taken.cosignature !== null) await notifyEvent(tx, scope, "log");
    return taken;
  };
  return underSuspicion(request, take, (tx) => signedHead(tx, request, upload.checkpoint));
}

/** A head that an agent signed and that does not fit: its key servers are shown it, for it may prove another history. */
async function signedHead(
  tx: TenantClient,
  { gateway, scope }: AgentRequest,
  checkpoint: string,
): Promise<Readonly<Record<string, string>>> {
  try {
    const trust = await lockTrust(tx, scope);
    if (trust === null) return {};
    const chain = await gateway.trust.chainOf(scope.environmentId, trust);
    await openCheckpoint(checkpoint, logOrigin(chain.tid), logKeys(chain));
    return { checkpoint };
  } catch (error) {
    if (error instanceof HoldfastError) return {};
    throw error;
  }
}
