"use client";
import { useMemo, useState } from "react";
import { Button } from "@/components/button.tsx";
import { Dialog } from "@/components/dialog.tsx";
import { TextField } from "@/components/field.tsx";
import { Age } from "@/components/moment.tsx";
import { ReviewProposal } from "@/features/approvals/review-proposal.tsx";
import { useDrafts } from "@/features/approvals/use-proposal.ts";
import type { ClientRow } from "./client-row.ts";

/** Says what stops when a client is withdrawn, then shows the exact request. */
export function RevokeDialog({ row, onClose }: { row: ClientRow; onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const [reviewing, setReviewing] = useState(false);
  const requests = useMemo(
    () =>
      reviewing
        ? [
            {
              act: "client.revoke" as const,
              target: { kind: "client" as const, client: row.id, label: row.label },
              args: {},
            },
          ]
        : [],
    [reviewing, row],
  );
  const drafts = useDrafts(requests, "");
  const inUse = row.lastUsedAt !== null;
  return (
    <Dialog open onOpenChange={(open) => (open ? null : onClose())} title={`Withdraw ${row.label}`}>
      {reviewing ? (
        <ReviewProposal drafts={drafts} action="Propose: withdraw" danger onClose={onClose} />
      ) : (
        <div className="space-y-4">
          <p>
            Its certificate stops working at once and for ever: every encryption and decryption by this client is
            refused. Keys and data stay as they are; other clients do not notice.
          </p>
          <p className="rounded-lg bg-quiet px-4 py-2.5">
            {row.lastUsedAt === null ? (
              "It never used a key."
            ) : (
              <>
                It last used a key <Age at={row.lastUsedAt} />.
              </>
            )}
          </p>
          {inUse ? (
            <TextField
              label={`Type ${row.label} to go on`}
              autoComplete="off"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          ) : null}
          <Button tone="danger" disabled={inUse && typed.trim() !== row.label} onClick={() => setReviewing(true)}>
            Show the exact request
          </Button>
        </div>
      )}
    </Dialog>
  );
}
