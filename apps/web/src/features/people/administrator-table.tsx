"use client";
import type { Administrator, Credential } from "@holdfast/protocol";
import { Badge } from "@/components/badge.tsx";
import { Button } from "@/components/button.tsx";
import { Digest } from "@/components/digest.tsx";
import { Cell, HeadCell, Table } from "@/components/table.tsx";
import type { AskedChange } from "./change-dialog.tsx";

const CHANNELS: Readonly<Record<string, string>> = {
  customer: "your own key server's page",
  "this-machine": "your key server on this machine",
  hosted: "our hosted page: counts for little",
  local: "a key on the key server's disk",
};

/** The administrators with their passkeys and groups, and what can be asked for each. */
export function AdministratorTable({ administrators, onAsk }: AdministratorTableProps) {
  return (
    <Table
      label="Administrators"
      head={
        <>
          <HeadCell>Administrator</HeadCell>
          <HeadCell>Approves with</HeadCell>
          <HeadCell>Groups</HeadCell>
          <HeadCell>
            <span className="sr-only">Actions</span>
          </HeadCell>
        </>
      }
    >
      {administrators.map((one) => (
        <AdministratorRow key={one.adm} administrator={one} alone={administrators.length === 1} onAsk={onAsk} />
      ))}
    </Table>
  );
}

interface AdministratorTableProps {
  administrators: readonly Administrator[];
  onAsk: (asked: AskedChange) => void;
}

function AdministratorRow({ administrator, alone, onAsk }: AdministratorRowProps) {
  const { adm, label, creds, groups } = administrator;
  const own = creds.filter(({ channel }) => channel !== "hosted");
  const isLocal = creds.every(({ channel }) => channel === "local");
  return (
    <tr>
      <Cell className="align-top font-medium [overflow-wrap:anywhere]">
        {label}
        <span className="block text-sm font-normal text-muted">
          <Digest value={adm} />
        </span>
      </Cell>
      <Cell label="Approves with" className="align-top">
        <ul className="space-y-1.5">
          {creds.map((credential, index) => (
            <PasskeyItem
              key={credential.credId}
              credential={credential}
              name={creds.length > 1 ? `Passkey ${index + 1}` : "Passkey"}
              onRemove={
                creds.length > 1
                  ? () =>
                      onAsk({
                        title: `Remove passkey ${index + 1} of ${label}`,
                        change: { removeCredentials: [credential.credId] },
                      })
                  : null
              }
            />
          ))}
        </ul>
        {own.length === 1 && !isLocal ? (
          <p className="text-warning">
            {own.length === creds.length
              ? "A second passkey is advised."
              : "A second passkey at your key server is advised."}
          </p>
        ) : null}
      </Cell>
      <Cell label="Groups" className="align-top text-muted">
        {groups.length > 0 ? groups.join(", ") : "none"}
      </Cell>
      <Cell className="align-top text-right">
        {alone ? null : (
          <Button
            size="small"
            tone="plain"
            onClick={() => onAsk({ title: `Remove ${label}`, change: { removeAdministrators: [adm] } })}
          >
            Remove {label}
          </Button>
        )}
      </Cell>
    </tr>
  );
}

interface AdministratorRowProps {
  administrator: Administrator;
  alone: boolean;
  onAsk: (asked: AskedChange) => void;
}

function PasskeyItem({ credential, name, onRemove }: PasskeyItemProps) {
  const { channel } = credential;
  return (
    <li className="text-muted">
      <span className="text-ink">{channel === "local" ? "Local key" : name}</span>{" "}
      {"origin" in credential ? <code className="font-mono text-sm">{credential.origin}</code> : null}{" "}
      <Badge tone={channel === "customer" || channel === "this-machine" ? "good" : "warning"}>
        {CHANNELS[channel] ?? channel}
      </Badge>{" "}
      {onRemove ? (
        <button type="button" className="rounded text-sm text-accent hover:underline" onClick={onRemove}>
          Remove {name.toLowerCase()}
        </button>
      ) : null}
    </li>
  );
}

interface PasskeyItemProps {
  credential: Credential;
  name: string;
  onRemove: (() => void) | null;
}
