import { answerCarried, CARRIED_OUTCOMES } from "@holdfast/db";
import { z } from "zod";
import type { AgentRequest } from "../http/agent-request.ts";
import { code, hash } from "../http/fields.ts";
import { readFields } from "../http/read-fields.ts";

const MOST_ANSWERS = 50;

const answer = z.strictObject({ id: hash, outcome: z.enum(CARRIED_OUTCOMES), code: code.nullable() });
const fields = z.strictObject({ answers: z.array(answer).max(MOST_ANSWERS) });

/** Notes what an agent said of decisions that were carried to it. What really happened, its log says. */
export async function approvals({ gateway, scope, body }: AgentRequest): Promise<object> {
  const { answers } = readFields(fields, body);
  await gateway.db.withTenant(scope.tenantId, async (tx) => {
    for (const each of answers) await answerCarried(tx, scope, each);
  });
  return {};
}
