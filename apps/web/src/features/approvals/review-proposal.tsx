"use client";
import type { ReactNode } from "react";
import type { Draft } from "@/browser/propose/draft-commands.ts";
import { Badge } from "@/components/badge.tsx";
import { Button } from "@/components/button.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { Skeleton } from "@/components/skeleton.tsx";
import { Words } from "@/components/words.tsx";
import { problemOf } from "@/features/connection/problem-of.ts";
import { ApproveLink } from "./approve-link.tsx";
import { HostedLink } from "./hosted-link.tsx";
import { PlainLines } from "./plain-lines.tsx";
import { ProposalProgress, useDecided } from "./proposal-progress.tsx";
import { usePropose } from "./use-proposal.ts";

/** The exact commands with their words, then the button that proposes them, then the way to approve, then what became of them. */
export function ReviewProposal(props: ReviewProps) {
  const { drafts, onProposed, onClose, action = "Propose", danger, blocked, children } = props;
  const propose = usePropose();
  const hashes = propose.data;
  const decided = useDecided(hashes ?? []);
  if (hashes && decided) {
    return (
      <div className="space-y-4">
        <ProposalProgress hashes={hashes} />
        {onClose ? <Button onClick={onClose}>Close</Button> : null}
      </div>
    );
  }
  if (!drafts) return <Skeleton rows={3} />;
  return (
    <div className="space-y-4">
      {drafts.map((draft) => (
        <DraftPanel key={draft.hash} draft={draft} />
      ))}
      {propose.error ? <ProblemNotice problem={problemOf(propose.error)} /> : null}
      {hashes ? (
        <div className="space-y-3">
          <p>
            {hashes.length === 1 ? "It waits" : "They wait"} on your key server. Nothing has happened yet: your key
            server obeys your approval passkey and nothing else.
          </p>
          <ApproveLink hashes={hashes}>
            {hashes.length === 1 ? "Approve on your key server" : "Approve both in one touch"}
          </ApproveLink>
          <HostedLink docs={drafts.map(({ doc }) => doc)} />
          <ProposalProgress hashes={hashes} />
        </div>
      ) : (
        <Button
          tone={danger ? "danger" : "primary"}
          busy={propose.isPending}
          disabled={blocked}
          onClick={() => propose.mutate(drafts, { onSuccess: onProposed })}
        >
          {action}
        </Button>
      )}
      {children}
    </div>
  );
}

interface ReviewProps {
  drafts: readonly Draft[] | null;
  onProposed?: (hashes: string[]) => void;
  action?: string;
  danger?: boolean;
  blocked?: boolean;
  /** Offered once everything is decided. */
  onClose?: () => void;
  /** Said until everything is decided. */
  children?: ReactNode;
}

/** What a command does, why, and its words; the rest folded. */
export function DraftPanel({ draft }: { draft: Omit<Draft, "doc" | "hash"> }) {
  return (
    <div className="rounded-lg border bg-ground px-4 py-3">
      <p className="flex flex-wrap items-center gap-2 font-semibold">
        <span className="min-w-0 [overflow-wrap:anywhere]">{draft.plain.title}</span>
        <Badge tone={draft.plain.danger ? "danger" : "quiet"}>{draft.plain.tag}</Badge>
      </p>
      <PlainLines plain={draft.plain} />
      {draft.reason ? <p className="mt-1 [overflow-wrap:anywhere]">Why: “{draft.reason}”</p> : null}
      <div className="mt-2.5 border-t pt-2.5">
        <p className="mb-0.5 text-sm text-muted">Its words, the same on the key server&apos;s page</p>
        <Words words={draft.words} size="small" />
      </div>
      <details className="mt-2 text-sm text-muted">
        <summary className="w-fit rounded">Exact command</summary>
        <pre className="mt-1.5 whitespace-pre-wrap break-all font-mono text-xs">{draft.json}</pre>
      </details>
    </div>
  );
}
