"use client";
import type { ReactNode } from "react";
import type { Draft } from "@/browser/propose/draft-commands.ts";
import { Notice } from "@/components/notice.tsx";
import { nounOf } from "@/features/approvals/act-noun.ts";
import { ReviewProposal } from "@/features/approvals/review-proposal.tsx";
import { useOpenOn } from "@/features/approvals/use-waiting.ts";
import { WaitsAlready } from "@/features/approvals/waits-already.tsx";
import { useObjectProof } from "@/features/custody/use-object-proof.ts";
import type { KeyRecord } from "./key-row.ts";

/** The exact command on a key; nothing is proposed on one that the dashboard shows otherwise than its log does. */
export function ReviewAction({ record, drafts, action, danger, onClose }: ReviewActionProps) {
  const proof = useObjectProof(record);
  const alarm = proof.level === "alarm";
  return (
    <div className="space-y-4">
      {alarm ? (
        <Notice tone="danger" title="The dashboard shows this key otherwise than its log does" live>
          <p>Propose nothing on it from here until you know why. Your key server&apos;s own page stays trustworthy.</p>
          <p className="font-mono text-sm">{proof.code}</p>
        </Notice>
      ) : null}
      <ReviewProposal drafts={drafts} action={action} danger={danger} blocked={alarm} onClose={onClose} />
    </div>
  );
}

interface ReviewActionProps {
  record: KeyRecord;
  drafts: readonly Draft[] | null;
  action: string;
  danger?: boolean;
  onClose: () => void;
}

/** In place of a second request for the same: the one that waits already; null when none does. */
export function useAlreadyOpen(act: string, subject: string): ReactNode {
  const hashes = useOpenOn(subject)
    .filter(({ read }) => read.command.act === act)
    .map(({ row }) => row.hash);
  if (hashes.length === 0) return null;
  return (
    <div className="space-y-4">
      <WaitsAlready what={`${nounOf(act)} waits for approval`} hashes={hashes} />
    </div>
  );
}
