"use client";
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import Link from "next/link";
import { PageHeader } from "@/components/page-header.tsx";
import { Panel } from "@/components/panel.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { Skeleton } from "@/components/skeleton.tsx";
import { BackupNotice } from "@/features/agents/backup-notice.tsx";
import { problemOf } from "@/features/connection/problem-of.ts";
import { useTRPC } from "@/features/connection/trpc.ts";
import { usePlace, useScope } from "@/features/environment/environment-context.tsx";
import { Alarms } from "./alarms.tsx";
import { ComingDueList } from "./coming-due-list.tsx";
import { CustodyMap } from "./custody-map.tsx";
import { OverviewNumbers } from "./overview-numbers.tsx";
import { SecondPasskey } from "./second-passkey.tsx";
import { Verdict } from "./verdict.tsx";

const WaitingList = dynamic(() => import("./waiting-list.tsx").then((module) => module.WaitingList), {
  ssr: false,
  loading: () => <Skeleton rows={2} />,
});

/** Who can reach our keys, is anything about to go wrong, and what needs my hand. */
export function Overview() {
  const trpc = useTRPC();
  const scope = useScope();
  const place = usePlace();
  const counts = useQuery(trpc.key.counts.queryOptions(scope));
  const verdict = Verdict({ total: counts.data?.total ?? null });
  return (
    <>
      <PageHeader title={verdict.sentence} detail={verdict.detail} />
      {counts.error ? <ProblemNotice problem={problemOf(counts.error)} /> : null}
      <Alarms />
      <BackupNotice />
      <OverviewNumbers />
      <SecondPasskey />
      <div className="grid items-start gap-4 xl:grid-cols-[1.62fr_1fr]">
        <Panel
          title="Custody map"
          hint="where keys are, and whose ground it is"
          action={
            <Link href={place.at("servers")} className="rounded text-accent hover:underline">
              Key servers
            </Link>
          }
        >
          <CustodyMap />
        </Panel>
        <div className="grid min-w-0 gap-4">
          <Panel
            title="Waiting for you"
            action={
              <Link href={place.at("approvals")} className="rounded text-accent hover:underline">
                All approvals
              </Link>
            }
          >
            <WaitingList />
          </Panel>
          <Panel
            title="Next 30 days"
            action={
              <Link href={place.at("coming-due")} className="rounded text-accent hover:underline">
                Everything due
              </Link>
            }
          >
            <ComingDueList withinDays={30} most={5} />
          </Panel>
        </div>
      </div>
    </>
  );
}
