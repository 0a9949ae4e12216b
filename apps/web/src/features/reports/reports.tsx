"use client";
import { useQuery } from "@tanstack/react-query";
import { FileText } from "lucide-react";
import { Badge } from "@/components/badge.tsx";
import { EmptyState } from "@/components/empty-state.tsx";
import { Age } from "@/components/moment.tsx";
import { PageHeader } from "@/components/page-header.tsx";
import { Panel } from "@/components/panel.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { Skeleton } from "@/components/skeleton.tsx";
import { Cell, HeadCell, Table } from "@/components/table.tsx";
import { problemOf } from "@/features/connection/problem-of.ts";
import { useTRPC } from "@/features/connection/trpc.ts";
import { useLinked } from "@/features/custody/use-linked.tsx";
import { useScope } from "@/features/environment/environment-context.tsx";
import { HowToVerify } from "./how-to-verify.tsx";
import { periodText } from "./period-text.ts";
import { ReportFiles } from "./report-files.tsx";
import { RequestReport } from "./request-report.tsx";

/** Custody reports: asked for here, made and signed by the key server, verified by anybody offline. */
export function Reports() {
  const trpc = useTRPC();
  const scope = useScope();
  const linked = useLinked();
  const reports = useQuery(trpc.report.list.queryOptions(scope, { refetchInterval: 5_000 }));
  const open = reports.data?.requests.filter((request) => request.doneAt === null) ?? [];
  const failed = reports.data?.requests.find((request) => request.code !== null);
  const rows = reports.data?.rows.filter((row) => row.completedAt !== null) ?? [];
  return (
    <>
      <PageHeader
        title="Reports"
        detail="Your key server writes and signs them from its own log; this dashboard only carries the file. An extract of evidence, not a compliance assessment."
      />
      {linked ?? <RequestReport waiting={open.length} />}
      {open.map((request) => (
        <p key={request.id} role="status" className="flex items-center gap-2.5 rounded-lg bg-quiet px-4 py-2.5">
          <span className="breathe size-2 rounded-full bg-accent" aria-hidden="true" />
          {request.takenAt === null ? "Waiting for your key server to fetch the request" : "Your key server writes it"}{" "}
          · asked <Age at={request.requestedAt} />. You can leave this page.
        </p>
      ))}
      {failed?.code && open.length === 0 && !rows.some((row) => row.createdAt > failed.requestedAt) ? (
        <ProblemNotice
          problem={{
            what: "The last report was not made.",
            next: "Look at the key server's console.",
            code: failed.code,
          }}
        />
      ) : null}
      {reports.error ? <ProblemNotice problem={problemOf(reports.error)} /> : null}
      <Panel title="Made so far">
        {reports.isPending ? (
          <Skeleton rows={3} />
        ) : rows.length === 0 ? (
          <EmptyState icon={<FileText size={18} />} title="No report yet">
            The first one takes a few seconds. It says who could reach each key, and carries the evidence for it.
          </EmptyState>
        ) : (
          <Table
            label="Reports"
            head={
              <>
                <HeadCell>Made</HeadCell>
                <HeadCell>Period</HeadCell>
                <HeadCell>Signed by</HeadCell>
                <HeadCell>Files</HeadCell>
              </>
            }
          >
            {rows.map((row) => (
              <tr key={row.id}>
                <Cell label="Made" className="whitespace-nowrap">
                  <Age at={row.completedAt ?? row.createdAt} />
                </Cell>
                <Cell label="Period" className="whitespace-nowrap text-muted tabular">
                  {periodText(row)}
                </Cell>
                <Cell label="Signed by">
                  <Badge title={row.aid}>your key server</Badge>
                </Cell>
                <Cell>
                  <ReportFiles report={row} />
                </Cell>
              </tr>
            ))}
          </Table>
        )}
      </Panel>
      <HowToVerify />
    </>
  );
}
