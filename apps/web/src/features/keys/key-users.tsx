"use client";
import Link from "next/link";
import { Age } from "@/components/moment.tsx";
import { showNumber } from "@/components/number-text.ts";
import { Panel } from "@/components/panel.tsx";
import { Cell, HeadCell, Table } from "@/components/table.tsx";
import { operationsFor } from "@/features/clients/client-form.ts";
import { usePlace } from "@/features/environment/environment-context.tsx";
import { grantedNow } from "./granted-now.ts";
import type { KeyRecord } from "./key-row.ts";

/** Which clients may use this key, for what, and when they last did. */
export function KeyUsers({ record }: { record: KeyRecord }) {
  const place = usePlace();
  return (
    <Panel
      title="Who can use it"
      action={
        <Link
          href={place.at(`clients/new?group=${encodeURIComponent(record.group)}&may=${operationsFor(record.usage)}`)}
          className="rounded text-accent hover:underline"
        >
          Add a client
        </Link>
      }
    >
      {record.clients.length === 0 ? (
        <p className="px-4 py-5 text-muted">No client has a grant on it. Add one and give it this key&apos;s group.</p>
      ) : (
        <Table
          label="Clients with a grant"
          head={
            <>
              <HeadCell>client</HeadCell>
              <HeadCell>may</HeadCell>
              <HeadCell className="text-right">uses, 30 days</HeadCell>
              <HeadCell className="text-right">last</HeadCell>
            </>
          }
        >
          {record.clients.map((client) => (
            <tr key={client.id}>
              <Cell className="max-w-44 truncate">
                <Link href={place.at(`clients/${client.id}`)} className="rounded font-medium hover:underline">
                  {client.label}
                </Link>
              </Cell>
              <Cell label="may" className="text-muted">
                {grantedNow(client.ops, record.state)}
              </Cell>
              <Cell label="uses, 30 days" className="text-right text-muted tabular">
                {showNumber(client.count30d)}
              </Cell>
              <Cell
                label="last"
                className={`whitespace-nowrap text-right ${client.lastUsedAt === null ? "text-warning" : "text-muted"}`}
              >
                {client.lastUsedAt === null ? "never used" : <Age at={client.lastUsedAt} />}
              </Cell>
            </tr>
          ))}
        </Table>
      )}
    </Panel>
  );
}
