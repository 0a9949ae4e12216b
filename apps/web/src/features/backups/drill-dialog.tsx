"use client";
import { useMemo } from "react";
import { Dialog } from "@/components/dialog.tsx";
import { Digest } from "@/components/digest.tsx";
import { ReviewProposal } from "@/features/approvals/review-proposal.tsx";
import { useApprovalOrigin } from "@/features/approvals/use-approval-origin.ts";
import { useDrafts } from "@/features/approvals/use-proposal.ts";

/** Shows the exact request for a drill of a backup, and where custodians answer. */
export function DrillDialog({ backup, onClose }: { backup: string; onClose: () => void }) {
  const origin = useApprovalOrigin();
  const requests = useMemo(() => [{ act: "escrow.drill" as const, args: { backup } }], [backup]);
  const drafts = useDrafts(requests, "");
  return (
    <Dialog open onOpenChange={(open) => (open ? null : onClose())} title="Start a drill">
      <div className="space-y-4">
        <ReviewProposal drafts={drafts} action="Propose: a drill" onClose={onClose} />
        <div className="space-y-2 border-t pt-3 text-muted">
          <p>
            Once it is approved, the key server reads the backup back, and every custodian proves a share at its page,
            each at a device of their own:
          </p>
          {origin ? <Digest value={`${origin}/custodian`} full /> : null}
          <p>
            Shares stay in their browsers. If the page asks for nothing after a minute, the key server could not read
            the backup back: look at its destinations.
          </p>
        </div>
      </div>
    </Dialog>
  );
}
