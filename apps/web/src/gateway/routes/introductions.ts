import { findEnvironment, type KeptIntroduction, notifyEvent, putIntroductions } from "@holdfast/db";
import { decodeBase64url, HoldfastError, introductionHash, parseIntroduction } from "@holdfast/protocol";
import { z } from "zod";
import { GatewayError } from "../gateway-error.ts";
import type { AgentRequest } from "../http/agent-request.ts";
import { readFields } from "../http/read-fields.ts";

const MOST = 100;
const LONGEST = 21_846;

const fields = z.strictObject({ introductions: z.array(z.string().max(LONGEST)).max(MOST) });

/** Kinds that a dashboard can propose something for. */
const KEPT: ReadonlySet<string> = new Set(["administrator", "custodian", "replacement-key"]);

/** Notes the public keys that newcomers gave to the agent: the whole list each time. Only the agent's own list counts there. */
export async function introductions({ gateway, scope, aid, body }: AgentRequest): Promise<object> {
  const given = readFields(fields, body).introductions;
  await gateway.db.withTenant(scope.tenantId, async (tx) => {
    const tid = (await findEnvironment(tx, scope))?.tid ?? null;
    const kept = given.map((doc) => read(doc, { aid, tid }));
    if (await putIntroductions(tx, scope, kept)) await notifyEvent(tx, scope, "roster");
  });
  return {};
}

function read(doc: string, { aid, tid }: { readonly aid: string; readonly tid: string | null }): KeptIntroduction {
  try {
    const bytes = decodeBase64url(doc);
    const introduction = parseIntroduction(bytes);
    const isTheirs = introduction.aid === aid && (tid === null || introduction.tid === tid);
    if (!isTheirs || !KEPT.has(introduction.object.kind))
      throw new GatewayError(
        "E_SCHEMA",
        "It is no administrator's or custodian's introduction to this agent, and no replacement key's.",
      );
    return { hash: introductionHash(bytes), doc, until: introduction.until };
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    throw new GatewayError("E_SCHEMA", "An introduction cannot be read.");
  }
}
