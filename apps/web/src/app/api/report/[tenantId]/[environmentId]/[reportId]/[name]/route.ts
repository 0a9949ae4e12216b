import { answerReportFile, type ReportFilePlace } from "@/server/report-file.ts";

export const dynamic = "force-dynamic";

/** A report's file as a download, so that a plain link suffices. */
export async function GET(request: Request, { params }: { params: Promise<ReportFilePlace> }): Promise<Response> {
  return answerReportFile(request, await params);
}
