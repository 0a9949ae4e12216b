"use client";
import { errorText, type RosterChange } from "@holdfast/protocol";
import { useQuery } from "@tanstack/react-query";
import { Badge } from "@/components/badge.tsx";
import { Button } from "@/components/button.tsx";
import { Dialog } from "@/components/dialog.tsx";
import { Notice } from "@/components/notice.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { Skeleton } from "@/components/skeleton.tsx";
import { Words } from "@/components/words.tsx";
import { ApproveLink } from "@/features/approvals/approve-link.tsx";
import { problemOf } from "@/features/connection/problem-of.ts";
import { useStanding } from "@/features/custody/use-standing.ts";
import { ChangeLines } from "./change-lines.tsx";
import { LinkOutcome } from "./link-outcome.tsx";
import { useLinks, useProposeLink } from "./use-links.ts";

/** What a person asks for, before it becomes bytes. */
export interface AskedChange {
  readonly title: string;
  readonly change: RosterChange;
  /** Introductions that it needs, base64url. */
  readonly intros?: readonly string[];
}

/** Shows the exact change, proposes it, and leads to the key server's page. */
export function ChangeDialog({ asked, onClose }: { asked: AskedChange; onClose: () => void }) {
  const draft = useLinkDraft(asked);
  const propose = useProposeLink();
  const hash = propose.data?.hash;
  const row = useLinks().links.find((one) => one.row.hash === hash)?.row;
  const waits = row === undefined || row.status === "open";
  return (
    <Dialog open onOpenChange={(open) => (open ? null : onClose())} title={asked.title} wide>
      {draft.error ? <Notice tone="warning" title={draft.error.message} /> : null}
      {draft.isPending ? <Skeleton rows={3} /> : null}
      {draft.data?.unchanged ? (
        <div className="space-y-4">
          <Notice title={errorText.E_UNCHANGED.what}>Nothing is to be approved: what holds is on this page.</Notice>
          <Button onClick={onClose}>Close</Button>
        </div>
      ) : null}
      {draft.data && !draft.data.unchanged ? (
        <div className="space-y-4">
          <div className="space-y-3 rounded-lg border bg-ground px-4 py-3">
            <p className="flex flex-wrap items-center gap-2 font-semibold">
              <span className="min-w-0 [overflow-wrap:anywhere]">{draft.data.plain.title}</span>
              <Badge tone={draft.data.plain.danger ? "danger" : "quiet"}>{draft.data.plain.tag}</Badge>
            </p>
            <ChangeLines plain={draft.data.plain} />
            <div className="border-t pt-2.5">
              <p className="mb-0.5 text-sm text-muted">Its words, the same on the key server&apos;s page</p>
              <Words words={draft.data.words} size="small" />
            </div>
            <details className="text-sm text-muted">
              <summary className="w-fit rounded">Exact list</summary>
              <pre className="mt-1.5 whitespace-pre-wrap break-all font-mono text-xs">{draft.data.json}</pre>
            </details>
          </div>
          {propose.error ? <ProblemNotice problem={problemOf(propose.error)} /> : null}
          {hash === undefined ? (
            <Button
              tone={draft.data.plain.danger ? "danger" : "primary"}
              busy={propose.isPending}
              onClick={() => (draft.data ? propose.mutate(draft.data) : undefined)}
            >
              Propose
            </Button>
          ) : (
            <div className="space-y-3" aria-live="polite">
              {waits ? (
                <p>
                  It waits on your key server. Nothing has changed yet: it takes today&apos;s administrators and those
                  afterwards, each at the key server&apos;s own page.
                </p>
              ) : null}
              {waits ? <ApproveLink hashes={[hash]} /> : null}
              {row ? <LinkOutcome row={row} /> : null}
              {waits ? null : <Button onClick={onClose}>Close</Button>}
            </div>
          )}
        </div>
      ) : null}
    </Dialog>
  );
}

/** The exact bytes for what was asked, fixed once. */
function useLinkDraft({ change, intros = [] }: AskedChange) {
  const standing = useStanding();
  const ready = standing.level === "checked" || standing.level === "consistent";
  return useQuery({
    queryKey: ["link-draft", JSON.stringify(change), intros],
    enabled: ready,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    queryFn: async () => {
      if (!ready) return null;
      const { draftLink } = await import("@/browser/propose/draft-link.ts");
      return draftLink(change, intros, { ...standing, now: Math.floor(Date.now() / 1000) });
    },
  });
}
