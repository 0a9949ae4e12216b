"use client";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Button } from "@/components/button.tsx";
import { Dialog } from "@/components/dialog.tsx";
import { TextField } from "@/components/field.tsx";
import { Age, useNow } from "@/components/moment.tsx";
import { showNumber } from "@/components/number-text.ts";
import { knownUntil } from "@/features/agents/known-until.ts";
import { useAgents } from "@/features/agents/use-agents.ts";
import { ReviewProposal } from "@/features/approvals/review-proposal.tsx";
import { useDrafts } from "@/features/approvals/use-proposal.ts";
import { useTRPC } from "@/features/connection/trpc.ts";
import { useScope } from "@/features/environment/environment-context.tsx";
import type { ClientRow } from "./client-row.ts";

const SHOWN_KEYS = 6;

/** Says what stops when a client is withdrawn, then shows the exact request. */
export function RevokeDialog({ row, onClose }: { row: ClientRow; onClose: () => void }) {
  const trpc = useTRPC();
  const scope = useScope();
  const uses = useQuery(trpc.client.uses.queryOptions({ ...scope, clientId: row.id }));
  const now = useNow();
  const agents = useAgents();
  const [typed, setTyped] = useState("");
  const [reviewing, setReviewing] = useState(false);
  const [issued, setIssued] = useState(false);
  const requests = useMemo(
    () =>
      reviewing
        ? [
            {
              act: "client.revoke" as const,
              target: { kind: "client" as const, client: row.id, label: row.label },
              args: issued ? { issued: true as const } : {},
            },
          ]
        : [],
    [reviewing, issued, row],
  );
  const drafts = useDrafts(requests, "");
  const inUse = row.lastUsedAt !== null;
  const keys = uses.data?.keys ?? [];
  return (
    <Dialog open onOpenChange={(open) => (open ? null : onClose())} title={`Withdraw ${row.label}`}>
      {reviewing ? (
        <ReviewProposal drafts={drafts} action="Propose: withdraw" danger onClose={onClose} />
      ) : (
        <div className="space-y-4">
          <p>
            {row.permit
              ? "This enrolment secret lets nobody in any more, at once and for ever."
              : "Its certificate stops working at once and for ever: every encryption and decryption by this client is refused. Keys and data stay as they are; other clients do not notice."}
          </p>
          {row.permit ? (
            <label className="flex items-start gap-2">
              <input
                type="checkbox"
                className="mt-1"
                checked={issued}
                onChange={(event) => setIssued(event.target.checked)}
              />
              <span>
                Withdraw everybody who came by it as well
                <span className="block text-muted">If the secret may have got out: they stop working at once.</span>
              </span>
            </label>
          ) : (
            <div className="rounded-lg bg-quiet px-4 py-2.5">
              <p>
                {row.lastUsedAt === null ? (
                  `It never used a key, ${knownUntil(agents, now)}.`
                ) : (
                  <>
                    It last used a key <Age at={row.lastUsedAt} />, {knownUntil(agents, now)}.
                    {keys.length > 0 ? ` Keys it used in the last 30 days:` : null}
                  </>
                )}
              </p>
              {keys.slice(0, SHOWN_KEYS).map((key) => (
                <p key={key.id} className="flex justify-between gap-4 text-muted">
                  <span className="truncate">{key.label}</span>
                  <span className="shrink-0 tabular">
                    {showNumber(key.count)} {key.count === 1 ? "use" : "uses"}, last <Age at={key.lastUsedAt} />
                  </span>
                </p>
              ))}
              {keys.length > SHOWN_KEYS ? <p className="text-muted">and {keys.length - SHOWN_KEYS} more</p> : null}
            </div>
          )}
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
