"use client";
import { useQuery } from "@tanstack/react-query";
import { Badge } from "@/components/badge.tsx";
import { Panel } from "@/components/panel.tsx";
import { Skeleton } from "@/components/skeleton.tsx";
import { Cell, HeadCell, Table } from "@/components/table.tsx";
import { showDate } from "@/components/time-text.ts";
import { useTRPC } from "@/features/connection/trpc.ts";
import { useScope } from "@/features/environment/environment-context.tsx";

/** Who belongs to the organisation here. Roles open pages; they move no key. */
export function Members() {
  const trpc = useTRPC();
  const { tenantId } = useScope();
  const members = useQuery(trpc.tenant.members.queryOptions({ tenantId }));
  return (
    <Panel title="Members" hint="roles open pages here; they move no key">
      {members.data ? (
        <Table
          label="Members"
          head={
            <>
              <HeadCell>Name</HeadCell>
              <HeadCell>Role</HeadCell>
              <HeadCell className="text-right">Since</HeadCell>
            </>
          }
        >
          {members.data.rows.map((row) => (
            <tr key={row.accountId}>
              <Cell className="font-medium">
                {row.name} {row.you ? <Badge>you</Badge> : null}
              </Cell>
              <Cell label="Role" className="text-muted">
                {row.role}
              </Cell>
              <Cell label="Since" className="text-right text-muted tabular">
                {showDate(row.since, "long")}
              </Cell>
            </tr>
          ))}
        </Table>
      ) : (
        <Skeleton rows={2} />
      )}
    </Panel>
  );
}
