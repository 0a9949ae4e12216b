"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { TextField } from "@/components/field.tsx";
import { useAsking } from "@/features/approvals/asking.tsx";
import { useTRPC } from "@/features/connection/trpc.ts";
import { useScope } from "@/features/environment/environment-context.tsx";
import { groupMove } from "./group-move.ts";
import { groupError } from "./key-form.ts";
import { groupRequest } from "./key-request.ts";
import { KeyRequestDialog } from "./key-request-dialog.tsx";
import type { KeyRecord } from "./key-row.ts";

/** Asks which group a key moves to and says whose grants that concerns, then shows the exact request. */
export function GroupDialog({ record, onClose }: { record: KeyRecord; onClose: () => void }) {
  const trpc = useTRPC();
  const scope = useScope();
  const known = useQuery(trpc.key.counts.queryOptions(scope)).data?.groups ?? [];
  const [typed, setTyped] = useState("");
  const asking = useAsking();
  const group = typed.trim();
  const error = group === record.group ? "It is in that group: give another." : groupError(group);
  const others = known.filter((each) => each !== record.group);
  const choice =
    others.length === 0 ? "A group is there as soon as a key is in it." : "One that is there, or a new one.";
  return (
    <KeyRequestDialog
      record={record}
      act="key.group"
      title={`Move ${record.label} to another group`}
      action="Propose: move it"
      request={() => groupRequest(record, group)}
      onClose={onClose}
      asking={asking}
      ready={error === null}
      danger
    >
      <p>
        Clients get grants on groups, so this changes who may use the key, at once when it is approved. Its id, its
        name, its alias and what it protected stay.
      </p>
      <TextField
        label="New group"
        hint={`Now in ${record.group}. ${choice}`}
        list="groups-there"
        autoComplete="off"
        placeholder="payments"
        error={asking.tried ? error : null}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <datalist id="groups-there">
        {others.map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
      {error === null ? <Concerned record={record} group={group} /> : null}
    </KeyRequestDialog>
  );
}

/** Which clients may use the key afterwards, and which no longer. */
function Concerned({ record, group }: { record: KeyRecord; group: string }) {
  const trpc = useTRPC();
  const clients = useQuery(trpc.client.list.queryOptions(useScope())).data?.rows;
  if (clients === undefined) return null;
  const { loses, gains, changes } = groupMove(record, clients, group);
  const lines = [
    ["Can no longer use it", loses],
    ["Can use it from then on", gains],
    ["May do other things with it than before", changes],
  ] as const;
  const said = lines.filter(([, names]) => names.length > 0);
  return (
    <div className="rounded-lg bg-quiet px-4 py-2.5" role="status">
      {said.length === 0 ? <p className="text-muted">No client&apos;s grants make a difference today.</p> : null}
      {said.map(([what, names]) => (
        <p key={what} className="[overflow-wrap:anywhere]">
          <span className="font-medium">{what}:</span> <span className="text-muted">{names.join(", ")}</span>
        </p>
      ))}
    </div>
  );
}
