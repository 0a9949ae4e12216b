"use client";
import { PageHeader } from "@/components/page-header.tsx";
import { Panel } from "@/components/panel.tsx";
import { Cell, HeadCell, Table } from "@/components/table.tsx";
import { LostPasskey } from "./lost-passkey.tsx";
import { SECRETS } from "./secret-facts.ts";

/** Every secret of this environment: what it can do, what losing it costs, where to keep it. None of them is here. */
export function Secrets() {
  return (
    <>
      <PageHeader
        title="Your secrets"
        detail="Things that are yours alone. None of them is stored in this dashboard, and none can be sent to you again."
        actions={<LostPasskey />}
      />
      <Panel label="Your secrets" className="hidden md:flex">
        <Table
          label="Your secrets"
          head={
            <>
              <HeadCell>Secret</HeadCell>
              <HeadCell>What it can do</HeadCell>
              <HeadCell>Lost</HeadCell>
              <HeadCell>In other hands</HeadCell>
              <HeadCell>Where to keep it</HeadCell>
            </>
          }
        >
          {SECRETS.map((secret) => (
            <tr key={secret.name} className="align-top">
              <Cell className="min-w-36 align-top">
                <span className="font-medium">{secret.name}</span>
                <span className="block text-sm text-muted">{secret.asked}</span>
              </Cell>
              <Cell className="align-top">{secret.can}</Cell>
              <Cell className="align-top text-muted">{secret.lost}</Cell>
              <Cell className="align-top text-muted">{secret.stolen}</Cell>
              <Cell className="align-top text-muted">{secret.keep}</Cell>
            </tr>
          ))}
        </Table>
      </Panel>
      <ul className="grid gap-3 md:hidden">
        {SECRETS.map((secret) => (
          <li key={secret.name} className="space-y-1.5 rounded-[10px] border bg-panel px-4 py-3.5">
            <h2 className="font-semibold">{secret.name}</h2>
            <p>{secret.can}</p>
            <p className="text-muted">Lost: {secret.lost}</p>
            <p className="text-muted">In other hands: {secret.stolen}</p>
            <p className="text-muted">Keep it: {secret.keep}</p>
          </li>
        ))}
      </ul>
    </>
  );
}
