import { beginReport, sweepUploads } from "@holdfast/db";
import { z } from "zod";
import { GatewayError } from "../gateway-error.ts";
import type { AgentRequest } from "../http/agent-request.ts";
import { count, hash } from "../http/fields.ts";
import { readFields } from "../http/read-fields.ts";

const MOST_FILES = 8;
const MOST_UNDER_WAY = 5;
/** A part's bytes at most; the last may have fewer. */
const MOST_PARTS = 128;
const LARGEST_FILE_BYTES = 67_108_864;

const file = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/),
  mediaType: z.string().regex(/^[a-z]+\/[a-z0-9.+-]{1,80}$/),
  sizeBytes: count.max(LARGEST_FILE_BYTES),
  sha256: hash,
  parts: z.number().int().min(1).max(MOST_PARTS),
});

const fields = z.strictObject({
  requestId: z.uuid().nullable(),
  from: count.nullish(),
  to: count.nullish(),
  files: z.array(file).min(1).max(MOST_FILES),
});

/** Begins the upload of a report that the agent made and signed. */
export function reports({ gateway, scope, aid, body }: AgentRequest): Promise<object> {
  const { requestId, from, to, files } = readFields(fields, body);
  if (new Set(files.map(({ name }) => name)).size !== files.length) {
    throw new GatewayError("E_SCHEMA", "Two files have one name.");
  }
  return gateway.db.withTenant(scope.tenantId, async (tx) => {
    const underWay = await sweepUploads(tx, scope, aid);
    if (underWay >= MOST_UNDER_WAY) throw new GatewayError("E_RATE", "Too many reports are being uploaded.");
    const reportId = await beginReport(tx, scope, {
      aid,
      requestId,
      periodFrom: from ?? null,
      periodTo: to ?? null,
      files: files.map(({ parts, ...facts }) => ({ ...facts, partCount: parts })),
    });
    return { reportId };
  });
}
