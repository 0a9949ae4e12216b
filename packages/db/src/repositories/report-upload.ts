import type { Scope, TenantClient } from "../tenancy.ts";
import { uuidV7 } from "../uuid-v7.ts";

/** A file of a report that is about to be uploaded. */
export interface AnnouncedFile {
  readonly name: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly partCount: number;
}

/** An upload that did not become whole in this time never will. */
const ABANDONED_MS = 3_600_000;

/** Forgets uploads that were abandoned. @returns how many of this agent are under way */
export async function sweepUploads(tx: TenantClient, scope: Scope, aid: string): Promise<number> {
  const before = new Date(Date.now() - ABANDONED_MS);
  const abandoned = await tx.report.findMany({
    where: { ...scope, completedAt: null, createdAt: { lt: before } },
    select: { id: true },
  });
  for (const { id } of abandoned) await dropReport(tx, scope, id);
  return tx.report.count({ where: { ...scope, aid, completedAt: null } });
}

/** Begins a report; its files are not offered before all of it is here. @returns its id */
export async function beginReport(
  tx: TenantClient,
  scope: Scope,
  given: {
    readonly aid: string;
    readonly requestId: string | null;
    readonly periodFrom: number | null;
    readonly periodTo: number | null;
    readonly files: readonly AnnouncedFile[];
  },
): Promise<string> {
  const { files, requestId, ...facts } = given;
  const asked = requestId === null ? null : await tx.agentRequest.findFirst({ where: { ...scope, id: requestId } });
  const id = uuidV7();
  await tx.report.create({ data: { ...scope, id, ...facts, requestId: asked?.id ?? null } });
  await tx.reportFile.createMany({ data: files.map((file) => ({ ...scope, reportId: id, ...file })) });
  return id;
}

/** A report that this key server is uploading; null when there is none. */
export async function findUpload(tx: TenantClient, scope: Scope, { reportId, aid }: { reportId: string; aid: string }) {
  const report = await tx.report.findFirst({ where: { ...scope, id: reportId, aid, completedAt: null } });
  if (report === null) return null;
  const files = await tx.reportFile.findMany({ where: { ...scope, reportId } });
  return { requestId: report.requestId, files };
}

/** Keeps a part; the same again changes nothing. */
export async function putReportPart(
  tx: TenantClient,
  scope: Scope,
  part: {
    readonly reportId: string;
    readonly name: string;
    readonly n: number;
    readonly data: Uint8Array<ArrayBuffer>;
  },
): Promise<void> {
  await tx.reportPart.createMany({ data: [{ ...scope, ...part }], skipDuplicates: true });
}

/** How many parts of a report are here. */
export function countReportParts(tx: TenantClient, scope: Scope, reportId: string): Promise<number> {
  return tx.reportPart.count({ where: { ...scope, reportId } });
}

/** The bytes of one file, its parts in order. */
export async function readReportFile(
  tx: TenantClient,
  scope: Scope,
  { reportId, name }: { readonly reportId: string; readonly name: string },
): Promise<Uint8Array[]> {
  const parts = await tx.reportPart.findMany({ where: { ...scope, reportId, name }, orderBy: { n: "asc" } });
  return parts.map(({ data }) => data);
}

/** Offers a report that is whole. */
export async function completeReport(tx: TenantClient, scope: Scope, reportId: string): Promise<void> {
  await tx.report.update({
    where: { tenantId_environmentId_id: { ...scope, id: reportId } },
    data: { completedAt: new Date() },
  });
}

/** Forgets an upload that cannot become whole. */
export async function dropReport(tx: TenantClient, scope: Scope, reportId: string): Promise<void> {
  await tx.reportPart.deleteMany({ where: { ...scope, reportId } });
  await tx.reportFile.deleteMany({ where: { ...scope, reportId } });
  await tx.report.deleteMany({ where: { ...scope, id: reportId } });
}
