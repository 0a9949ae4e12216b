"use client";
import { useQuery } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import Link from "next/link";
import { Button } from "@/components/button.tsx";
import { EmptyState } from "@/components/empty-state.tsx";
import { showCount } from "@/components/number-text.ts";
import { PageHeader } from "@/components/page-header.tsx";
import { Panel } from "@/components/panel.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { Skeleton } from "@/components/skeleton.tsx";
import { useBackups } from "@/features/agents/use-backups.ts";
import { problemOf } from "@/features/connection/problem-of.ts";
import { useTRPC, useTRPCClient } from "@/features/connection/trpc.ts";
import { usePages } from "@/features/connection/use-pages.ts";
import { usePlace, useScope } from "@/features/environment/environment-context.tsx";
import { KeyFilters } from "./key-filters.tsx";
import { KeyTable } from "./key-table.tsx";
import { useKeyView } from "./use-key-view.ts";

const PAGE = 100;

/** All keys of the environment, as many as there are. */
export function KeyList() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const scope = useScope();
  const place = usePlace();
  const [view, change] = useKeyView();
  const counts = useQuery(trpc.key.counts.queryOptions(scope));
  const { search, state, group, algorithm, sort } = view;
  const input = { ...scope, search: search || undefined, state, group, algorithm, sort, limit: PAGE };
  const keys = usePages(trpc.key.list.infiniteQueryKey(input), (cursor) => client.key.list.query({ ...input, cursor }));
  const { unbacked } = useBackups();
  const rows = keys.data?.pages.flatMap((page) => page.rows) ?? [];
  const filtered = Boolean(search || state || group || algorithm);
  return (
    <>
      <PageHeader
        title="Keys"
        detail={
          counts.data
            ? `${showCount(counts.data.total, "key")} in this environment. Everything here is metadata; this dashboard never sees key material.${
                unbacked ? ` ${showCount(unbacked, "key")} in no backup.` : ""
              }`
            : undefined
        }
        actions={
          <Button tone="primary" asChild className="lg:hidden">
            <Link href={place.at("keys/new")}>New key</Link>
          </Button>
        }
      />
      <KeyFilters view={view} change={change} groups={counts.data?.groups ?? []} />
      {keys.error ? <ProblemNotice problem={problemOf(keys.error)} /> : null}
      <Panel label="Keys">
        {keys.isPending ? (
          <Skeleton rows={8} />
        ) : rows.length === 0 ? (
          <EmptyState
            icon={<KeyRound size={18} />}
            title={filtered ? "No key fits this view" : "No keys yet"}
            action={
              filtered ? (
                <Button onClick={() => change({ q: "", state: "", group: "", algorithm: "" })}>Show all keys</Button>
              ) : (
                <Button tone="primary" asChild>
                  <Link href={place.at("keys/new")}>Create the first key</Link>
                </Button>
              )
            }
          >
            {filtered
              ? "Change the search or the filters."
              : "A key is born inside your key server after an administrator approved it there. You say here what it is for."}
          </EmptyState>
        ) : (
          <KeyTable
            rows={rows}
            columns={view.columns}
            more={keys.hasNextPage && !keys.isFetchingNextPage ? () => void keys.fetchNextPage() : null}
          />
        )}
      </Panel>
    </>
  );
}
