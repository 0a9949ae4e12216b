"use client";
import { ScrollText, ShieldCheck } from "lucide-react";
import dynamic from "next/dynamic";
import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useState } from "react";
import { Button } from "@/components/button.tsx";
import { EmptyState } from "@/components/empty-state.tsx";
import { showCount } from "@/components/number-text.ts";
import { PageHeader } from "@/components/page-header.tsx";
import { Panel } from "@/components/panel.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { Skeleton } from "@/components/skeleton.tsx";
import { problemOf } from "@/features/connection/problem-of.ts";
import { useTRPC, useTRPCClient } from "@/features/connection/trpc.ts";
import { usePages } from "@/features/connection/use-pages.ts";
import { ProofBadge } from "@/features/custody/proof-badge.tsx";
import { useStanding } from "@/features/custody/use-standing.ts";
import { useScope } from "@/features/environment/environment-context.tsx";
import { ENTRY_KINDS, kindText } from "./entry-kinds.ts";
import { useVerified } from "./use-verified.ts";

const ExportMenu = dynamic(() => import("./export-menu.tsx").then((module) => module.ExportMenu), { ssr: false });
const LogEntries = dynamic(() => import("./log-entries.tsx").then((module) => module.LogEntries), {
  ssr: false,
  loading: () => <Skeleton rows={8} />,
});

/** The custody log: filtered, grouped by the request that caused it, and proved on demand in this browser. */
export function LogExplorer() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const scope = useScope();
  const standing = useStanding();
  const router = useRouter();
  const pathname = usePathname();
  const parameters = useSearchParams();
  const [verify, setVerify] = useState(false);
  const kind = parameters.get("kind") ?? undefined;
  const subject = parameters.get("subject") ?? undefined;
  const open = parameters.get("entry");
  const input = { ...scope, kind, subject, limit: 50 };
  const log = usePages(trpc.log.list.infiniteQueryKey(input), (cursor) => client.log.list.query({ ...input, cursor }));
  const entries = log.data?.pages.flatMap((page) => page.rows) ?? [];
  const result = useVerified(entries.map((entry) => entry.n));
  const proved = standing.level === "checked" || standing.level === "consistent";
  const filter = (name: string, value: string) => {
    const next = new URLSearchParams(parameters);
    if (value) next.set(name, value);
    else next.delete(name);
    router.replace(`${pathname}?${next}`, { scroll: false });
  };
  return (
    <>
      <PageHeader
        title="Custody log"
        badges={<ProofBadge level={proved ? standing.level : standing.level === "alarm" ? "alarm" : "not-checked"} />}
        detail={
          proved
            ? `${showCount(standing.head.size, "entry", "entries")} in the head that your browser verified. Nothing can be taken out of it unseen.`
            : "Everything that happens to keys and trust, signed by your key server."
        }
        actions={
          <>
            <Button tone={verify ? "plain" : "primary"} onClick={() => setVerify(true)} disabled={verify || !proved}>
              <ShieldCheck size={15} aria-hidden="true" />{" "}
              <span role="status">{verify ? result : "Verify in this browser"}</span>
            </Button>
            <ExportMenu />
          </>
        }
      />
      <div className="flex flex-wrap items-center gap-2">
        <select
          aria-label="What happened"
          data-page-search
          className="h-[34px] rounded-lg border bg-panel pl-2.5 pr-7"
          value={kind ?? ""}
          onChange={(event) => filter("kind", event.target.value)}
        >
          <option value="">Everything</option>
          {ENTRY_KINDS.map((each) => (
            <option key={each} value={each}>
              {kindText(each)}
            </option>
          ))}
        </select>
        {subject ? (
          <Button size="small" onClick={() => filter("subject", "")}>
            about <code className="font-mono">{subject.slice(0, 10)}…</code> ✕
          </Button>
        ) : null}
      </div>
      {log.error ? <ProblemNotice problem={problemOf(log.error)} /> : null}
      <Panel label="Entries">
        {log.isPending ? (
          <Skeleton rows={8} />
        ) : entries.length === 0 ? (
          <EmptyState icon={<ScrollText size={18} />} title={kind || subject ? "No such entry" : "The log is empty"}>
            {kind || subject
              ? "Change the filter."
              : "Its first entry is written when your environment is born at your key server."}
          </EmptyState>
        ) : (
          <LogEntries entries={entries} verify={verify} open={open === null ? null : Number(open)} />
        )}
      </Panel>
      {log.hasNextPage ? (
        <Button busy={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
          Older entries
        </Button>
      ) : null}
    </>
  );
}
