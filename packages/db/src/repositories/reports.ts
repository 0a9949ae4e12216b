import { notifyEvent, notifyMailbox } from "../notify.ts";
import { findNumber, findSeconds, secondsOf } from "../numbers.ts";
import type { Scope, TenantClient } from "../tenancy.ts";
import { uuidV7 } from "../uuid-v7.ts";

/** Most reports and requests that one list tells of. */
const MAX_LISTED = 100;

/** Asks the environment's key servers for a report. @returns the request's id. */
export async function requestReport(
  tx: TenantClient,
  scope: Scope,
  given: { readonly requestedBy: string; readonly period: { readonly from?: number; readonly to?: number } },
): Promise<string> {
  const id = uuidV7();
  await tx.agentRequest.create({
    data: { ...scope, id, kind: "report", parameters: given.period, requestedBy: given.requestedBy },
  });
  await notifyMailbox(tx, scope);
  await notifyEvent(tx, scope, "report");
  return id;
}

/** How many requests for a report no key server has answered. */
export function countOpenReportRequests(tx: TenantClient, scope: Scope): Promise<number> {
  return tx.agentRequest.count({ where: { ...scope, kind: "report", doneAt: null } });
}

/** Requests for reports, newest first. */
export async function listReportRequests(tx: TenantClient, scope: Scope) {
  const rows = await tx.agentRequest.findMany({
    where: { ...scope, kind: "report" },
    orderBy: { requestedAt: "desc" },
    take: MAX_LISTED,
  });
  return rows.map((row) => ({
    id: row.id,
    requestedAt: secondsOf(row.requestedAt),
    takenAt: findSeconds(row.takenAt),
    doneAt: findSeconds(row.doneAt),
    code: row.code,
  }));
}

/** Reports with their files, newest first. */
export async function listReports(tx: TenantClient, scope: Scope) {
  const reports = await tx.report.findMany({ where: scope, orderBy: { createdAt: "desc" }, take: MAX_LISTED });
  const files = await tx.reportFile.findMany({
    where: { ...scope, reportId: { in: reports.map(({ id }) => id) } },
    orderBy: { name: "asc" },
  });
  return reports.map((report) => ({
    id: report.id,
    requestId: report.requestId,
    aid: report.aid,
    from: findNumber(report.periodFrom),
    to: findNumber(report.periodTo),
    createdAt: secondsOf(report.createdAt),
    completedAt: findSeconds(report.completedAt),
    files: files
      .filter((file) => file.reportId === report.id)
      .map(({ name, mediaType, sizeBytes, sha256 }) => ({ name, mediaType, sizeBytes: Number(sizeBytes), sha256 })),
  }));
}

/** A file of a complete report; null when there is none of that name. */
export async function findReportFile(tx: TenantClient, scope: Scope, reportId: string, name: string) {
  const report = await tx.report.findUnique({ where: { tenantId_environmentId_id: { ...scope, id: reportId } } });
  if (report?.completedAt == null) return null;
  const key = { tenantId_environmentId_reportId_name: { ...scope, reportId, name } };
  const file = await tx.reportFile.findUnique({ where: key });
  return file === null ? null : { ...file, sizeBytes: Number(file.sizeBytes) };
}

/** One part of a report's file; null when there is none. */
export async function findReportPart(
  tx: TenantClient,
  scope: Scope,
  part: { readonly reportId: string; readonly name: string; readonly n: number },
): Promise<Uint8Array | null> {
  const key = { tenantId_environmentId_reportId_name_n: { ...scope, ...part } };
  return (await tx.reportPart.findUnique({ where: key }))?.data ?? null;
}
