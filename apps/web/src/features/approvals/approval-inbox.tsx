"use client";
import { useQuery } from "@tanstack/react-query";
import { Inbox } from "lucide-react";
import dynamic from "next/dynamic";
import Link from "next/link";
import { useSearchParams } from "next/navigation";
import { useState } from "react";
import { Button } from "@/components/button.tsx";
import { EmptyState } from "@/components/empty-state.tsx";
import { LinkTabs } from "@/components/link-tabs.tsx";
import { PageHeader } from "@/components/page-header.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { Skeleton } from "@/components/skeleton.tsx";
import { problemOf } from "@/features/connection/problem-of.ts";
import { useTRPC } from "@/features/connection/trpc.ts";
import { usePlace, useScope } from "@/features/environment/environment-context.tsx";
import { ApproveLink } from "./approve-link.tsx";

const ApprovalRow = dynamic(() => import("./approval-row.tsx").then((module) => module.ApprovalRow), { ssr: false });

const WaitingChanges = dynamic(
  () => import("@/features/people/waiting-changes.tsx").then((module) => module.WaitingChanges),
  { ssr: false },
);

const ScheduledList = dynamic(() => import("./scheduled-list.tsx").then((module) => module.ScheduledList), {
  ssr: false,
});

const ApprovalHistory = dynamic(() => import("./approval-history.tsx").then((module) => module.ApprovalHistory), {
  ssr: false,
});

const MOST_AT_ONCE = 50;

/** What waits for an administrator, and everything that was ever decided. */
export function ApprovalInbox() {
  const trpc = useTRPC();
  const scope = useScope();
  const place = usePlace();
  const history = useSearchParams().get("view") === "history";
  const open = useQuery(trpc.command.list.queryOptions({ ...scope, status: "open", limit: 100 }));
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const waiting = useQuery(trpc.command.waiting.queryOptions(scope)).data?.count;
  const rows = open.data?.rows ?? [];
  const picked = chosen.filter((hash) => rows.some((row) => row.hash === hash));
  return (
    <>
      <PageHeader
        title="Approvals"
        detail="You approve on your own key server's page, so that nobody else, we included, can fake an approval."
      />
      <LinkTabs
        label="Approvals"
        tabs={[
          {
            href: place.at("approvals"),
            text: "Waiting for you",
            count: waiting,
            current: !history,
          },
          { href: `${place.at("approvals")}?view=history`, text: "History", current: history },
        ]}
      />
      {open.error ? <ProblemNotice problem={problemOf(open.error)} /> : null}
      {history ? null : <WaitingChanges />}
      {history ? null : <ScheduledList />}
      {history ? null : open.isPending ? (
        <Skeleton rows={3} />
      ) : rows.length === 0 && waiting !== 0 ? null : rows.length === 0 ? (
        <div className="rounded-[10px] border bg-panel">
          <EmptyState
            icon={<Inbox size={18} />}
            title="Nothing waits for an approval"
            action={
              <Button asChild>
                <Link href={place.at("keys/new")}>Propose a key</Link>
              </Button>
            }
          >
            Whatever is proposed for this environment appears here, with the same words as on your key server&apos;s
            page.
          </EmptyState>
        </div>
      ) : (
        <>
          {rows.length > 1 ? (
            <div className="flex flex-wrap items-center gap-3">
              <ApproveLink hashes={(picked.length ? picked : rows.map((row) => row.hash)).slice(0, MOST_AT_ONCE)}>
                {picked.length
                  ? `Review ${picked.length} together`
                  : `Review all ${Math.min(rows.length, MOST_AT_ONCE)} together`}
              </ApproveLink>
              <span className="text-sm text-muted">One touch approves all that the page shows.</span>
            </div>
          ) : null}
          <ul className="-mx-4 divide-y border-y sm:mx-0 sm:overflow-hidden sm:rounded-[10px] sm:border sm:bg-panel">
            {rows.map((row) => (
              <ApprovalRow
                key={row.hash}
                row={row}
                chosen={picked.includes(row.hash)}
                onChoose={
                  rows.length > 1
                    ? (on) => setChosen(on ? [...picked, row.hash] : picked.filter((hash) => hash !== row.hash))
                    : undefined
                }
              />
            ))}
          </ul>
        </>
      )}
      <ApprovalHistory full={history} />
    </>
  );
}
