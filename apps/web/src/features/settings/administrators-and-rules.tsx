"use client";
import type { Administrator, PolicyRule } from "@holdfast/protocol";
import { Badge } from "@/components/badge.tsx";
import { Digest } from "@/components/digest.tsx";
import { useNow } from "@/components/moment.tsx";
import { Panel } from "@/components/panel.tsx";
import { Cell, HeadCell, Table } from "@/components/table.tsx";
import { showDate, showDuration } from "@/components/time-text.ts";
import { ProofBadge } from "@/features/custody/proof-badge.tsx";
import { useStanding } from "@/features/custody/use-standing.ts";

const CHANNELS: Readonly<Record<string, string>> = {
  customer: "your own key server's page",
  "this-machine": "your key server on this machine",
  hosted: "our hosted page: counts for little",
  local: "a key on the key server's disk",
};

/** Who may approve and what each act needs, read from the list that this browser verified. */
export function AdministratorsAndRules() {
  const standing = useStanding();
  const now = useNow(60_000);
  const proved = standing.level === "checked" || standing.level === "consistent";
  if (!proved) {
    return (
      <Panel title="Administrators and rules" hint={<ProofBadge level="not-checked" />}>
        <p className="px-4 py-5 text-muted">
          Nothing verified to show yet. Connect a key server and compare its words.
        </p>
      </Panel>
    );
  }
  const { roster } = standing.chain.head;
  return (
    <Panel
      title="Administrators and rules"
      hint={<ProofBadge level={standing.level} />}
      action={
        <span className="text-muted">
          list {standing.roster.seq + 1} · <Digest value={standing.roster.hash} />
        </span>
      }
    >
      <Table
        label="Administrators"
        head={
          <>
            <HeadCell>Administrator</HeadCell>
            <HeadCell>Approves with</HeadCell>
            <HeadCell>At</HeadCell>
          </>
        }
      >
        {roster.admins.map((one) => (
          <AdministratorRow key={one.adm} administrator={one} />
        ))}
      </Table>
      <div className="border-t">
        <Table
          label="Rules"
          head={
            <>
              <HeadCell>For</HeadCell>
              <HeadCell>Approvals</HeadCell>
              <HeadCell>Waits</HeadCell>
              <HeadCell>A request lasts</HeadCell>
            </>
          }
        >
          {roster.policy.map((rule) => (
            <RuleRow key={rule.act} rule={rule} />
          ))}
        </Table>
      </div>
      <p className="border-t px-4 py-2.5 text-sm text-muted">
        Has to be signed again by {showDate(roster.notAfter, "long")}, in {showDuration(roster.notAfter - now)}.{" "}
        {roster.admins.length === 1
          ? "One administrator: nobody else can approve, and nobody else can stop a request."
          : null}
      </p>
    </Panel>
  );
}

function AdministratorRow({ administrator }: { administrator: Administrator }) {
  const { label, creds } = administrator;
  return (
    <tr>
      <Cell className="font-medium">{label}</Cell>
      <Cell label="Approves with" className="text-muted">
        {creds.length} {creds[0]?.channel === "local" ? "local key" : creds.length === 1 ? "passkey" : "passkeys"}
        {creds.length === 1 && creds[0]?.channel !== "local" ? " · a second one is advised" : ""}
      </Cell>
      <Cell label="At" className="text-muted">
        {creds.map((cred) => (
          <span key={cred.credId} className="block">
            {"origin" in cred ? <code className="font-mono text-sm">{cred.origin}</code> : null}{" "}
            <Badge tone={cred.channel === "customer" || cred.channel === "this-machine" ? "good" : "warning"}>
              {CHANNELS[cred.channel] ?? cred.channel}
            </Badge>
          </span>
        ))}
      </Cell>
    </tr>
  );
}

function RuleRow({ rule }: { rule: PolicyRule }) {
  const name =
    rule.act === "*" ? "everything not named" : rule.act === "roster.update" ? "changing this list" : rule.act;
  return (
    <tr>
      <Cell>{name === rule.act ? <code className="font-mono text-sm">{name}</code> : name}</Cell>
      <Cell label="Approvals" className="tabular">
        {rule.m}
        {rule.noSelf ? ", not by who proposed it" : ""}
      </Cell>
      <Cell label="Waits" className="text-muted">
        {rule.delaySec ? showDuration(rule.delaySec) : "no"}
      </Cell>
      <Cell label="A request lasts" className="text-muted">
        {showDuration(rule.maxTtlSec)}
      </Cell>
    </tr>
  );
}
