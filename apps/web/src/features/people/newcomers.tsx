"use client";
import type { Administrator, Roster } from "@holdfast/protocol";
import { useState } from "react";
import { Button } from "@/components/button.tsx";
import { TextField } from "@/components/field.tsx";
import { Panel } from "@/components/panel.tsx";
import { showDate } from "@/components/time-text.ts";
import type { AskedChange } from "./change-dialog.tsx";
import type { Newcomer } from "./read-link.ts";

/** Who gave passkeys to a key server and is not an administrator with them yet. */
export function Newcomers({ newcomers, roster, onAsk }: NewcomersProps) {
  if (newcomers.length === 0) return null;
  return (
    <Panel title="Introduced" hint="they gave passkeys to your key server; these count for nothing yet">
      <ul className="divide-y">
        {newcomers.map((one) => (
          <NewcomerRow key={one.hash} newcomer={one} roster={roster} onAsk={onAsk} />
        ))}
      </ul>
    </Panel>
  );
}

interface NewcomersProps {
  newcomers: readonly Newcomer[];
  roster: Roster;
  onAsk: (asked: AskedChange) => void;
}

function NewcomerRow({ newcomer, roster, onAsk }: NewcomerRowProps) {
  const { label, object, until } = newcomer.introduction;
  const known = roster.admins.find(({ adm }) => adm === object.adm);
  const [groups, setGroups] = useState("");
  const passkeys = `${object.creds.length} ${object.creds.length === 1 ? "passkey" : "passkeys"}`;
  const ask = () => {
    const names = groups.split(/[\s,]+/).filter((name) => name !== "");
    const entry: Administrator = {
      ...{ adm: object.adm, label: known?.label ?? label, creds: object.creds },
      groups: known?.groups ?? [...new Set(names)].sort(),
    };
    onAsk({
      title: known ? `A further passkey for ${known.label}` : `Make ${label} an administrator`,
      change: { administrators: [entry] },
      intros: [newcomer.doc],
    });
  };
  return (
    <li className="flex flex-wrap items-end gap-x-4 gap-y-2 px-4 py-3.5">
      <div className="min-w-0 flex-1 basis-60">
        <p className="font-semibold [overflow-wrap:anywhere]">{known ? `${known.label}, once more` : label}</p>
        <p className="text-muted">
          {passkeys} for <code className="font-mono text-sm">{object.creds[0]?.origin}</code>, until{" "}
          {showDate(until, "moment")}. Whoever approves hears eight words from {known ? known.label : label}.
        </p>
      </div>
      {known ? null : (
        <TextField
          label="Groups (may stay empty)"
          value={groups}
          autoComplete="off"
          placeholder="security, operations"
          onChange={(event) => setGroups(event.target.value)}
        />
      )}
      <Button tone="primary" onClick={ask}>
        {known ? "Add the passkey" : `Make ${label} an administrator`}
      </Button>
    </li>
  );
}

interface NewcomerRowProps {
  newcomer: Newcomer;
  roster: Roster;
  onAsk: (asked: AskedChange) => void;
}
