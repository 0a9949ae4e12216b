"use client";
import { type BackupDestination, type BackupPolicy, describeDestination } from "@holdfast/protocol";
import { useMemo, useState } from "react";
import { Button } from "@/components/button.tsx";
import { Dialog } from "@/components/dialog.tsx";
import { TextField } from "@/components/field.tsx";
import { useAsking } from "@/features/approvals/asking.tsx";
import { ReviewProposal } from "@/features/approvals/review-proposal.tsx";
import { useDrafts } from "@/features/approvals/use-proposal.ts";
import { AddDestination } from "./add-destination.tsx";
import { policyOf } from "./policy-form.ts";

const DAY = 86_400;

/** Asks where backups go and how long they are kept, then shows the exact request. */
export function PolicyDialog({ policy, onClose }: { policy: BackupPolicy | null; onClose: () => void }) {
  const [destinations, setDestinations] = useState<readonly BackupDestination[]>(policy?.destinations ?? []);
  const [every, setEvery] = useState(String(Math.round((policy?.intervalSec ?? DAY) / DAY)));
  const [last, setLast] = useState(String(policy?.keep.last ?? 30));
  const [days, setDays] = useState(String(policy?.keep.days ?? 90));
  const asking = useAsking();
  const wanted = policyOf(destinations, { every, last, days });
  const requests = useMemo(
    () => (asking.asked && wanted !== null ? [{ act: "backup.policy" as const, args: { policy: wanted } }] : []),
    [asking.asked, wanted],
  );
  const drafts = useDrafts(requests, asking.reason);
  return (
    <Dialog open onOpenChange={(open) => (open ? null : onClose())} title="Automatic backups">
      {asking.asked ? (
        <ReviewProposal drafts={drafts} action="Propose: automatic backups" onClose={onClose} />
      ) : (
        <div className="space-y-4">
          <p>
            The key server backs up by itself, and within a minute of every new key. Destinations see ciphertext only;
            two are better than one, and one of them on another machine.
          </p>
          {destinations.map((to) => (
            <div key={to.name} className="flex items-center gap-3 rounded-lg border bg-ground px-4 py-2.5">
              <p className="min-w-0 flex-1 [overflow-wrap:anywhere]">
                <span className="font-medium">{to.name}</span>{" "}
                <span className="text-muted">{describeDestination(to)}</span>
              </p>
              <Button size="small" onClick={() => setDestinations(destinations.filter((each) => each !== to))}>
                Remove<span className="sr-only"> {to.name}</span>
              </Button>
            </div>
          ))}
          <AddDestination
            taken={destinations.map(({ name }) => name)}
            onAdd={(to) => setDestinations([...destinations, to])}
          />
          <div className="grid gap-3 sm:grid-cols-3">
            <TextField
              label="Every … days"
              inputMode="numeric"
              value={every}
              onChange={(event) => setEvery(event.target.value)}
            />
            <TextField
              label="Keep the newest"
              inputMode="numeric"
              value={last}
              onChange={(event) => setLast(event.target.value)}
            />
            <TextField
              label="And those of … days"
              inputMode="numeric"
              value={days}
              onChange={(event) => setDays(event.target.value)}
            />
          </div>
          {asking.reasonField}
          {asking.tried && wanted === null ? (
            <p className="text-danger" role="alert">
              {destinations.length === 0
                ? "Add a destination first."
                : "It takes whole numbers: 1 to 366 days, 1 to 1000 backups, 0 to 3650 days."}
            </p>
          ) : null}
          <Button tone="primary" onClick={() => asking.ask(wanted !== null)}>
            Show the exact request
          </Button>
        </div>
      )}
    </Dialog>
  );
}
