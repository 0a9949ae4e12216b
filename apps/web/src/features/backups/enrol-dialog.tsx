"use client";
import { referTo } from "@holdfast/protocol";
import { useMemo, useState } from "react";
import { Button } from "@/components/button.tsx";
import { Dialog } from "@/components/dialog.tsx";
import { CheckField, SelectField } from "@/components/field.tsx";
import { Notice } from "@/components/notice.tsx";
import { ReviewProposal } from "@/features/approvals/review-proposal.tsx";
import { useDrafts } from "@/features/approvals/use-proposal.ts";
import { usualNeed } from "./escrow-facts.ts";
import type { Escrow } from "./use-escrow.ts";

/** Asks who shall hold shares and how many of them open a backup, then shows the exact request. */
export function EnrolDialog({ escrow, onClose }: { escrow: Escrow; onClose: () => void }) {
  const { plan, introduced } = escrow;
  const [chosen, setChosen] = useState<readonly string[]>(introduced.map(({ hash }) => hash));
  const [need, setNeed] = useState<number | null>(null);
  const [recoveryFile, setRecoveryFile] = useState(plan?.recoveryFile ?? false);
  const [reviewing, setReviewing] = useState(false);
  const k = Math.min(need ?? usualNeed(chosen.length), chosen.length);
  const requests = useMemo(
    () =>
      reviewing && chosen.length > 0
        ? [{ act: "escrow.enrol" as const, args: { k, recoveryFile, custodians: chosen.map(referTo) } }]
        : [],
    [reviewing, chosen, k, recoveryFile],
  );
  const drafts = useDrafts(requests, "");
  const seats = new Set(introduced.map(({ introduction }) => introduction.object.seat));
  const away = plan?.custodians.filter(({ seat }) => !seats.has(seat)) ?? [];
  return (
    <Dialog open onOpenChange={(open) => (open ? null : onClose())} title="Who opens backups" wide>
      {reviewing ? (
        <ReviewProposal drafts={drafts} action="Propose: these custodians" danger onClose={onClose}>
          <p className="text-sm text-muted">
            Approve it at your key server&apos;s page, with the words that each of them reads to you. It counts from the
            next backup on, and the key server makes one at once.
          </p>
        </ReviewProposal>
      ) : (
        <div className="space-y-4">
          <fieldset className="space-y-2.5 rounded-lg border px-4 py-3.5">
            <legend className="px-1 font-medium">Custodians</legend>
            {introduced.map(({ hash, introduction }) => (
              <CheckField
                key={hash}
                label={introduction.label}
                hint={
                  plan?.custodians.some(({ seat }) => seat === introduction.object.seat)
                    ? "a custodian now"
                    : "introduced; holds no share yet"
                }
                checked={chosen.includes(hash)}
                onChange={({ target }) =>
                  setChosen(target.checked ? [...chosen, hash] : chosen.filter((each) => each !== hash))
                }
              />
            ))}
          </fieldset>
          {away.length > 0 ? (
            <Notice tone="warning" title={`${away.map(({ label }) => label).join(", ")} would no longer be custodians`}>
              <p>
                The list is made anew each time, of those who gave their key to the key server lately. Invite them again
                first if they shall stay.
              </p>
            </Notice>
          ) : null}
          <SelectField
            label="How many of them open a backup"
            hint={
              chosen.length - k === 0
                ? "None of them may be lost: with one key file gone, no backup opens."
                : k === 1
                  ? "Each of them alone opens every backup."
                  : `${chosen.length - k} of them may be lost, and fewer than ${k} learn nothing.`
            }
            value={String(k)}
            onChange={({ target }) => setNeed(Number(target.value))}
            options={chosen.map((_, at) => [String(at + 1), `${at + 1} of ${chosen.length}`] as const)}
          />
          <CheckField
            label="The recovery file opens backups as well"
            hint="A second way, of one person: whoever has that file and its passphrase then needs nobody."
            checked={recoveryFile}
            onChange={({ target }) => setRecoveryFile(target.checked)}
          />
          <Button tone="primary" disabled={chosen.length === 0} onClick={() => setReviewing(true)}>
            Show the exact request
          </Button>
        </div>
      )}
    </Dialog>
  );
}
