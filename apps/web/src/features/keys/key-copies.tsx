"use client";
import { showCount } from "@/components/number-text.ts";
import { Panel } from "@/components/panel.tsx";
import { Cell, HeadCell, Table } from "@/components/table.tsx";
import { showDate } from "@/components/time-text.ts";
import { AgeOfAgent } from "@/features/agents/age-of-agent.tsx";
import { useAgents } from "@/features/agents/use-agents.ts";
import { type Backups, useBackups } from "@/features/agents/use-backups.ts";
import { PostureBadge } from "@/features/custody/posture-badge.tsx";

const KEK: Record<string, string> = {
  file: "key-encryption key in a file on the same host",
  credential: "key-encryption key given by the host's service manager",
  passphrase: "key-encryption key from a passphrase",
  shares: "key-encryption key from custodians' shares",
  pkcs11: "key-encryption key in a hardware module",
};

function backupText({ unbacked, newestAt, places, failing }: Backups): string {
  const missing = unbacked === null ? "" : ` · ${showCount(unbacked, "key")} of the environment in none`;
  if (newestAt === null) return `${places > 0 ? "none is where the policy says" : "none was made yet"}${missing}`;
  const how =
    places > 0
      ? `made by the key server alone, to ${showCount(places, "destination")}`
      : "made by hand; where the files went is known to you alone";
  const trouble = failing.length > 0 ? " · a destination fails" : "";
  return `${how} · sealed to their holders · newest ${showDate(newestAt, "moment")}${missing}${trouble}`;
}

/** Where every copy of a key is, as the key servers say of themselves. */
export function KeyCopies({ inToken }: { inToken: boolean }) {
  const agents = useAgents();
  const backups = useBackups();
  return (
    <Panel title="Where every copy is" hint={<PostureBadge />}>
      <Table
        label="Copies"
        head={
          <>
            <HeadCell>place</HeadCell>
            <HeadCell>how</HeadCell>
            <HeadCell className="text-right">heard</HeadCell>
          </>
        }
      >
        {agents.map((agent) => (
          <tr key={agent.aid}>
            <Cell className="font-medium">{agent.name}</Cell>
            <Cell className="text-muted">
              {inToken
                ? "in its hardware token, which it never leaves; its store holds what leads there"
                : `wrapped in its store · ${KEK[agent.kek ?? ""] ?? "unseal method not reported yet"}`}
            </Cell>
            <Cell label="heard" className="text-right">
              <AgeOfAgent agent={agent} />
            </Cell>
          </tr>
        ))}
        <tr>
          <Cell className="font-medium">This dashboard</Cell>
          <Cell className="text-muted">metadata only; it holds no key material</Cell>
          <Cell />
        </tr>
        <tr>
          <Cell className="font-medium">Backups</Cell>
          <Cell className="text-muted" colSpan={2}>
            {inToken
              ? "none: no backup holds it, and custodians cannot bring it back. Only the token's own backup does."
              : backupText(backups)}
          </Cell>
        </tr>
      </Table>
    </Panel>
  );
}
