import { createHash } from "node:crypto";
import {
  completeReport,
  countReportParts,
  dropReport,
  findUpload,
  finishRequest,
  notifyEvent,
  putReportPart,
  readReportFile,
  type Scope,
  type TenantClient,
} from "@holdfast/db";
import { findBase64url } from "@holdfast/protocol";
import { z } from "zod";
import { GatewayError } from "../gateway-error.ts";
import type { AgentRequest } from "../http/agent-request.ts";
import { readFields } from "../http/read-fields.ts";

const LARGEST_PART_BYTES = 737_280;

const fields = z.strictObject({
  reportId: z.uuid(),
  name: z.string().max(128),
  n: z.number().int().min(0).max(255),
  data: z.string().max(Math.ceil((LARGEST_PART_BYTES * 4) / 3)),
});

type Upload = NonNullable<Awaited<ReturnType<typeof findUpload>>>;

/** Takes one part of a report's file; the last one that was missing completes the report, if every digest fits. */
export async function reportPart({ gateway, scope, aid, body }: AgentRequest): Promise<object> {
  const { reportId, name, n, data } = readFields(fields, body);
  const bytes = findBase64url(data);
  if (bytes === null) throw new GatewayError("E_SCHEMA", "The part is no base64url.");
  const done = await gateway.db.withTenant(scope.tenantId, async (tx) => {
    const upload = await findUpload(tx, scope, { reportId, aid });
    const file = upload?.files.find((each) => each.name === name);
    if (!upload || !file || n >= file.partCount) throw new GatewayError("E_NOT_FOUND", "No such part is expected.");
    await putReportPart(tx, scope, { reportId, name, n, data: bytes });
    const expected = upload.files.reduce((sum, { partCount }) => sum + partCount, 0);
    if ((await countReportParts(tx, scope, reportId)) < expected) return { complete: false, fits: true };
    return finish(tx, scope, reportId, upload);
  });
  if (!done.fits) throw new GatewayError("E_SCHEMA", "A file is not the one that was announced.");
  return { complete: done.complete };
}

async function finish(tx: TenantClient, scope: Scope, reportId: string, { files, requestId }: Upload) {
  for (const { name, sha256, sizeBytes } of files) {
    const digest = createHash("sha256");
    let size = 0;
    for (const part of await readReportFile(tx, scope, { reportId, name })) {
      digest.update(part);
      size += part.length;
    }
    if (digest.digest("base64url") !== sha256 || BigInt(size) !== sizeBytes) {
      await dropReport(tx, scope, reportId);
      return { complete: false, fits: false };
    }
  }
  await completeReport(tx, scope, reportId);
  if (requestId !== null) await finishRequest(tx, scope, { id: requestId, code: null });
  await notifyEvent(tx, scope, "report");
  return { complete: true, fits: true };
}
