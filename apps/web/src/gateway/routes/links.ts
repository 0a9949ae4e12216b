import { findEnvironment, notifyEvent, type ProposedLink, reportLink } from "@holdfast/db";
import { decodeBase64url, docHash, HoldfastError, parseRoster } from "@holdfast/protocol";
import { z } from "zod";
import { GatewayError } from "../gateway-error.ts";
import type { AgentRequest } from "../http/agent-request.ts";
import { code, count, hash } from "../http/fields.ts";
import { readFields } from "../http/read-fields.ts";

const MOST_REPORTS = 50;
const LONGEST_DOC = 349_526;
const LONGEST_INTRODUCTION = 21_846;
const MOST_INTRODUCTIONS = 16;

const approvals = z.strictObject({ have: z.number().int().min(0).max(64), need: z.number().int().min(0).max(64) });

const report = z.strictObject({
  hash,
  doc: z.string().max(LONGEST_DOC).nullish(),
  intros: z.array(z.string().max(LONGEST_INTRODUCTION)).max(MOST_INTRODUCTIONS).nullish(),
  status: z.enum(["open", "scheduled", "applied", "cancelled", "expired", "refused"]),
  code: code.nullish(),
  old: approvals,
  new: approvals,
  due: count.nullish(),
  delaySec: count.nullish(),
  reason: z.enum(["tightens", "loosens", "recovery"]).nullish(),
});

const fields = z.strictObject({ reports: z.array(report).max(MOST_REPORTS) });

/** Notes how far changes of administrators and rules are at the agent. What they say, their bytes say. */
export async function links({ gateway, scope, body }: AgentRequest): Promise<object> {
  const { reports } = readFields(fields, body);
  await gateway.db.withTenant(scope.tenantId, async (tx) => {
    const tid = (await findEnvironment(tx, scope))?.tid ?? null;
    let changed = false;
    for (const { doc, intros, delaySec: _, reason: __, ...facts } of reports) {
      const link = doc == null ? undefined : readReported(doc, intros ?? [], { hash: facts.hash, tid });
      changed = (await reportLink(tx, scope, { ...facts, ...(link ? { link } : {}) })) || changed;
    }
    if (changed) await notifyEvent(tx, scope, "roster");
  });
  return {};
}

/** Bytes that are not the change of that hash, or another domain's, are not kept. */
function readReported(
  doc: string,
  intros: readonly string[],
  { hash, tid }: { readonly hash: string; readonly tid: string | null },
): ProposedLink {
  try {
    const bytes = decodeBase64url(doc);
    const { seq, issued, acceptBy, tid: its } = parseRoster(bytes);
    if (docHash("roster", bytes) !== hash || (tid !== null && its !== tid))
      throw new GatewayError("E_SCHEMA", "The change is another.");
    return { hash, doc, intros, seq, issued, exp: acceptBy };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    throw new GatewayError("E_SCHEMA", "A change's bytes do not fit its name.");
  }
}
