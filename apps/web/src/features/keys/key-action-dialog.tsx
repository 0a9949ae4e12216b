"use client";
import { useState } from "react";
import { TextField } from "@/components/field.tsx";
import { Age, useNow } from "@/components/moment.tsx";
import { showCount } from "@/components/number-text.ts";
import { WorksAndStops } from "@/components/works-and-stops.tsx";
import { knownUntil } from "@/features/agents/known-until.ts";
import { useAgents } from "@/features/agents/use-agents.ts";
import { useAsking } from "@/features/approvals/asking.tsx";
import { type KeyAction, needsTypedName, RECENT_SECONDS } from "./act-consequences.ts";
import { keyRequest } from "./key-request.ts";
import { KeyRequestDialog } from "./key-request-dialog.tsx";
import type { KeyRecord } from "./key-row.ts";

/** Says what will and will not still work and who uses the key, then shows the exact command. */
export function KeyActionDialog({
  action,
  record,
  onClose,
}: {
  action: KeyAction;
  record: KeyRecord;
  onClose: () => void;
}) {
  const now = useNow();
  const agents = useAgents();
  const asking = useAsking();
  const [typed, setTyped] = useState("");
  const users = record.clients.filter(
    (client) => client.lastUsedAt !== null && client.lastUsedAt > now - RECENT_SECONDS,
  );
  const needsName = needsTypedName(action, record.lastUsedAt, now);
  return (
    <KeyRequestDialog
      record={record}
      act={action.act}
      title={`${action.title} ${record.label}`}
      action={`Propose: ${action.title.toLowerCase()}`}
      request={() => keyRequest(action, record)}
      onClose={onClose}
      asking={asking}
      ready
      confirmed={!needsName || typed.trim() === record.label}
      danger={action.danger}
      confirm={
        needsName ? (
          <TextField
            label={`Type ${record.label} to go on`}
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        ) : null
      }
    >
      <WorksAndStops works={action.works} stops={action.stops} />
      {action.typeName === "never" ? null : (
        <div className="rounded-lg bg-quiet px-4 py-2.5">
          <p>
            <span className="font-medium">
              {users.length
                ? `${showCount(users.length, "client")} used it in the last 30 days`
                : "Nobody used it in the last 30 days"}
            </span>
            <span className="text-muted">, {knownUntil(agents, now)}.</span>
          </p>
          {users.map((client) => (
            <p key={client.id} className="flex justify-between gap-4 text-muted">
              <span className="truncate">{client.label}</span>
              <span className="shrink-0">
                {showCount(client.count30d, "use")}
                {client.lastUsedAt === null ? null : (
                  <>
                    , last <Age at={client.lastUsedAt} />
                  </>
                )}
              </span>
            </p>
          ))}
        </div>
      )}
    </KeyRequestDialog>
  );
}
