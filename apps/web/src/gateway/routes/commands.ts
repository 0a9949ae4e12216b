import {
  findEnvironment,
  hasMailboxRoom,
  MAILBOX_ROOM,
  notifyEvent,
  type ProposedCommand,
  reportCommand,
  type TenantClient,
} from "@holdfast/db";
import { commandHash, decodeBase64url, HoldfastError, parseCommand } from "@holdfast/protocol";
import { z } from "zod";
import { GatewayError } from "../gateway-error.ts";
import type { AgentRequest } from "../http/agent-request.ts";
import { code, count, hash } from "../http/fields.ts";
import { readFields } from "../http/read-fields.ts";

const MOST_REPORTS = 200;
const LONGEST_DOC = 349_526;

const report = z.strictObject({
  hash,
  doc: z.string().max(LONGEST_DOC).nullish(),
  status: z.enum(["open", "scheduled", "applied", "cancelled", "expired", "refused"]),
  code: code.nullish(),
  have: z.number().int().min(0).max(1000),
  need: z.number().int().min(0).max(1000),
  due: count.nullish(),
  entry: count.nullish(),
});

const fields = z.strictObject({ reports: z.array(report).max(MOST_REPORTS) });

/** Notes how far commands are at the agent. Says nothing of what they do: their bytes do. */
export async function commands({ gateway, scope, body }: AgentRequest): Promise<object> {
  const { reports } = readFields(fields, body);
  await gateway.db.withTenant(scope.tenantId, async (tx) => {
    const tid = (await findEnvironment(tx, scope))?.tid ?? null;
    await assertRoom(tx, scope.tenantId, { reports, now: gateway.now() });
    let changed = false;
    for (const { doc, ...facts } of reports) {
      const command = doc == null ? undefined : readReported(doc, facts.hash, tid);
      changed = (await reportCommand(tx, scope, { ...facts, ...(command ? { command } : {}) })) || changed;
    }
    if (changed) await notifyEvent(tx, scope, "command");
  });
  return {};
}

/**
 * What is told of commands that wait is kept within the organisation's room; outcomes are always noted.
 *
 * @throws {@link GatewayError} `E_LIMIT`
 */
async function assertRoom(
  tx: TenantClient,
  tenantId: string,
  { reports, now }: { readonly reports: readonly z.infer<typeof report>[]; readonly now: number },
): Promise<void> {
  const docs = reports.flatMap(({ doc, status }) => (status === "open" && doc != null ? [doc] : []));
  if (docs.length === 0 || (await hasMailboxRoom(tx, tenantId, { docs, now }))) return;
  throw new GatewayError("E_LIMIT", "Too many commands of this organisation wait already.", {
    most: MAILBOX_ROOM.commands,
  });
}

/** Bytes that are not the command of that hash, or another domain's, are not kept. Before the chain is here, no domain is known. */
function readReported(doc: string, hash: string, tid: string | null): ProposedCommand {
  try {
    const bytes = decodeBase64url(doc);
    const { act, issued, exp, target, tid: its } = parseCommand(bytes);
    if (commandHash(bytes) !== hash || (tid !== null && its !== tid))
      throw new GatewayError("E_SCHEMA", "The command is another.");
    const subject = target === undefined ? null : target.kind === "key" ? target.keyId : target.client;
    return { hash, doc, act, subject, issued, exp };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    throw new GatewayError("E_SCHEMA", "A command's bytes do not fit its name.");
  }
}
