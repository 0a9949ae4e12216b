"use client";
import { Dialog } from "@/components/dialog.tsx";
import { ReviewProposal } from "@/features/approvals/review-proposal.tsx";
import { useDrafts } from "@/features/approvals/use-proposal.ts";

const REQUESTS = [{ act: "backup.create" as const, args: {} }];

/** Shows the exact request for a backup now. */
export function BackupNowDialog({ onClose }: { onClose: () => void }) {
  const drafts = useDrafts(REQUESTS, "");
  return (
    <Dialog open onOpenChange={(open) => (open ? null : onClose())} title="Back up now">
      <ReviewProposal drafts={drafts} action="Propose: back up now" onClose={onClose} />
    </Dialog>
  );
}
