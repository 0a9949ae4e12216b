"use client";
import type { inferRouterOutputs } from "@trpc/server";
import { Download } from "lucide-react";
import { Button } from "@/components/button.tsx";
import { useScope } from "@/features/environment/environment-context.tsx";
import type { AppRouter } from "@/server/trpc/app-router.type.ts";

const PDF = "application/pdf";

type ReportRow = inferRouterOutputs<AppRouter>["report"]["list"]["rows"][number];

/** A report's files, as plain downloads. */
export function ReportFiles({ report }: { report: ReportRow }) {
  const { tenantId, environmentId } = useScope();
  return (
    <span className="flex flex-wrap gap-1.5">
      {report.files.toSorted(pdfFirst).map((file) => (
        <Button key={file.name} size="small" asChild>
          <a
            href={`/api/report/${tenantId}/${environmentId}/${report.id}/${encodeURIComponent(file.name)}`}
            download={file.name}
            title={`${file.name} · SHA-256 ${file.sha256}`}
          >
            <Download size={13} aria-hidden="true" />
            {file.mediaType === PDF ? "PDF" : "Evidence bundle"}
            <span className="text-muted">{sizeText(file.sizeBytes)}</span>
          </a>
        </Button>
      ))}
    </span>
  );
}

function pdfFirst(one: { mediaType: string }, other: { mediaType: string }): number {
  return Number(other.mediaType === PDF) - Number(one.mediaType === PDF);
}

function sizeText(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1_000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
