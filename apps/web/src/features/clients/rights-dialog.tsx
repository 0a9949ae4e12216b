"use client";
import { useMemo, useState } from "react";
import { Button } from "@/components/button.tsx";
import { Dialog } from "@/components/dialog.tsx";
import { CheckField } from "@/components/field.tsx";
import { ReviewProposal } from "@/features/approvals/review-proposal.tsx";
import { useDrafts } from "@/features/approvals/use-proposal.ts";
import { type ClientForm, formOf, rightsRequest } from "./client-form.ts";
import type { ClientRow } from "./client-row.ts";
import { GrantFields } from "./grant-fields.tsx";
import { grantText } from "./grant-text.ts";

/** Takes away some of what a client may do, or adds to it, then shows the exact request. */
export function RightsDialog({ row, onClose }: { row: ClientRow; onClose: () => void }) {
  const [kept, setKept] = useState<ClientRow["grants"]>(row.grants);
  const [form, setForm] = useState<ClientForm | null>(null);
  const [tried, setTried] = useState(false);
  const [reviewing, setReviewing] = useState(false);
  const requests = useMemo(() => (reviewing ? [rightsRequest(row, kept, form)] : []), [reviewing, row, kept, form]);
  const drafts = useDrafts(requests, "");
  const isAdding = form !== null && form.ops.length > 0;
  const groupMissing = form?.keys === "group" && form.group.trim() === "";
  const isSame = !isAdding && kept.length === row.grants.length;
  const problem =
    kept.length === 0 && !isAdding
      ? "Nothing is left that it may do. To end its access, withdraw it."
      : isSame
        ? "Nothing is changed yet."
        : null;
  const review = () => {
    setTried(true);
    if (problem === null && !groupMissing) setReviewing(true);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? null : onClose())}
      title={`What ${row.label} may do`}
      wide={form !== null}
    >
      {reviewing ? (
        <ReviewProposal drafts={drafts} action="Propose: change" onClose={onClose} />
      ) : (
        <div className="space-y-4">
          <p>
            Its key and its certificate stay, and nothing has to be done at the application. Connections that are open
            follow at once.
          </p>
          <fieldset className="grid gap-2">
            <legend className="mb-1.5 font-medium">It may now</legend>
            {row.grants.map((grant) => (
              <CheckField
                key={grantText(grant)}
                label={grantText(grant)}
                checked={kept.includes(grant)}
                onChange={(event) =>
                  setKept(row.grants.filter((each) => (each === grant ? event.target.checked : kept.includes(each))))
                }
              />
            ))}
          </fieldset>
          {form === null ? (
            <Button onClick={() => setForm({ ...formOf(null), ops: [] })}>Allow more…</Button>
          ) : (
            <div className="rounded-lg border">
              <GrantFields
                form={form}
                set={(change) => setForm({ ...form, ...change })}
                errors={tried ? { group: groupMissing ? "Name the group." : null } : null}
              />
            </div>
          )}
          {tried && problem !== null ? <p className="text-sm text-danger">{problem}</p> : null}
          <div>
            <Button tone="primary" onClick={review}>
              Show the exact request
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}
