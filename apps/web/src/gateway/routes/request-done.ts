import { finishRequest, notifyEvent, writeAttestation } from "@holdfast/db";
import { parseSigned } from "@holdfast/protocol";
import { z } from "zod";
import type { AgentRequest } from "../http/agent-request.ts";
import { code } from "../http/fields.ts";
import { readFields } from "../http/read-fields.ts";

const fields = z.strictObject({ id: z.uuid(), code: code.nullable(), attestation: z.unknown().optional() });

/** Notes that a request was answered or refused, and keeps a signed attestation for browsers to verify. */
export async function requestDone({ gateway, scope, aid, body }: AgentRequest): Promise<object> {
  const { id, code: refused, attestation } = readFields(fields, body);
  const signed = attestation == null ? null : parseSigned(attestation);
  await gateway.db.withTenant(scope.tenantId, async (tx) => {
    if (signed) await writeAttestation(tx, scope, { aid, attestation: { doc: signed.doc, sig: signed.sig } });
    const request = await finishRequest(tx, scope, { id, code: refused });
    if (request) await notifyEvent(tx, scope, request.kind === "report" ? "report" : "agent");
  });
  return {};
}
