"use client";
import { useQuery } from "@tanstack/react-query";
import { Plug, Plus } from "lucide-react";
import Link from "next/link";
import { useState } from "react";
import { Badge } from "@/components/badge.tsx";
import { Button } from "@/components/button.tsx";
import { EmptyState } from "@/components/empty-state.tsx";
import { Age } from "@/components/moment.tsx";
import { PageHeader } from "@/components/page-header.tsx";
import { Panel } from "@/components/panel.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { Skeleton } from "@/components/skeleton.tsx";
import { Cell, HeadCell, Table } from "@/components/table.tsx";
import { showDate } from "@/components/time-text.ts";
import { problemOf } from "@/features/connection/problem-of.ts";
import { useTRPC } from "@/features/connection/trpc.ts";
import { usePlace, useScope } from "@/features/environment/environment-context.tsx";
import { grantText } from "./grant-text.ts";
import { PermitList } from "./permit-list.tsx";
import { isPermit } from "./permit-standing.ts";

/** Applications that may use keys, with what they may and when they last did. */
export function ClientList() {
  const trpc = useTRPC();
  const scope = useScope();
  const place = usePlace();
  const [search, setSearch] = useState("");
  const clients = useQuery(trpc.client.list.queryOptions(scope));
  const permits = clients.data?.rows.filter(isPermit) ?? [];
  const applications = clients.data?.rows.filter((row) => !isPermit(row));
  const rows = applications?.filter((row) => row.label.toLowerCase().includes(search.trim().toLowerCase()));
  return (
    <>
      <PageHeader
        title="Clients"
        detail="An application is known by its certificate, and may do only what an administrator approved."
        actions={
          <>
            <Button asChild>
              <Link href={place.at("clients/enrolment")}>Let machines enrol themselves</Link>
            </Button>
            <Button tone="primary" asChild>
              <Link href={place.at("clients/new")}>
                <Plus size={15} aria-hidden="true" /> Add a client
              </Link>
            </Button>
          </>
        }
      />
      {clients.error ? <ProblemNotice problem={problemOf(clients.error)} /> : null}
      {applications && applications.length > 8 ? (
        <input
          data-page-search
          type="search"
          aria-label="Search clients"
          placeholder="Name"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          className="h-[34px] w-full max-w-sm rounded-lg border bg-panel px-3 placeholder:text-muted"
        />
      ) : null}
      <PermitList rows={permits} />
      <Panel label="Clients">
        {!rows ? (
          <Skeleton />
        ) : rows.length === 0 ? (
          <EmptyState
            icon={<Plug size={18} />}
            title={search ? "No client by that name" : "No clients yet"}
            action={
              <Button tone="primary" asChild>
                <Link href={place.at("clients/new")}>Add the first client</Link>
              </Button>
            }
          >
            A client gets a certificate from your key server. Its files are handed out once, on your key server&apos;s
            page.
          </EmptyState>
        ) : (
          <Table
            label="Clients"
            head={
              <>
                <HeadCell>Name</HeadCell>
                <HeadCell>State</HeadCell>
                <HeadCell>May</HeadCell>
                <HeadCell className="text-right">Ends</HeadCell>
                <HeadCell className="text-right">Last used</HeadCell>
              </>
            }
          >
            {rows.map((row) => (
              <tr key={row.id} className="hover:bg-hover">
                <Cell className="max-w-60 truncate">
                  <Link href={place.at(`clients/${row.id}`)} className="rounded font-medium hover:underline">
                    {row.label}
                  </Link>
                </Cell>
                <Cell>
                  <Badge tone={row.state === "active" ? "good" : "quiet"}>
                    {row.state === "active" ? "Active" : "Withdrawn"}
                  </Badge>
                </Cell>
                <Cell label="May" className="min-w-48 text-muted [overflow-wrap:anywhere]">
                  {row.grants.map(grantText).join("; ")}
                </Cell>
                <Cell label="Ends" className="whitespace-nowrap text-right text-muted tabular">
                  {row.notAfter === null ? "" : showDate(row.notAfter, "long")}
                </Cell>
                <Cell
                  label="Last used"
                  className={`whitespace-nowrap text-right ${row.lastUsedAt === null ? "text-warning" : "text-muted"}`}
                >
                  {row.lastUsedAt === null ? "never" : <Age at={row.lastUsedAt} />}
                </Cell>
              </tr>
            ))}
          </Table>
        )}
      </Panel>
    </>
  );
}
