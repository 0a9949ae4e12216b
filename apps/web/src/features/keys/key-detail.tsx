"use client";
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { Digest } from "@/components/digest.tsx";
import { NotThere } from "@/components/not-there.tsx";
import { PageHeader } from "@/components/page-header.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { Skeleton } from "@/components/skeleton.tsx";
import { isNotThere, problemOf } from "@/features/connection/problem-of.ts";
import { useTRPC } from "@/features/connection/trpc.ts";
import { ProofBadge } from "@/features/custody/proof-badge.tsx";
import { useObjectProof } from "@/features/custody/use-object-proof.ts";
import { usePlace, useScope } from "@/features/environment/environment-context.tsx";
import { KeyCopies } from "./key-copies.tsx";
import { KeyFacts } from "./key-facts.tsx";
import { KeyLife } from "./key-life.tsx";
import { KeyNotes } from "./key-notes.tsx";
import { KeyPeriods } from "./key-periods.tsx";
import { KeySnippet } from "./key-snippet.tsx";
import { KeyUsers } from "./key-users.tsx";
import { KeyVersions } from "./key-versions.tsx";
import { algorithmOf, leavesText, typeBesides, usageText } from "./key-words.ts";
import { StateBadge } from "./state-badge.tsx";

const KeyActions = dynamic(() => import("./key-actions.tsx").then((module) => module.KeyActions), { ssr: false });

const WaitingOn = dynamic(() => import("@/features/approvals/waiting-on.tsx").then((module) => module.WaitingOn), {
  ssr: false,
});

const KeyLog = dynamic(() => import("./key-log.tsx").then((module) => module.KeyLog), {
  ssr: false,
  loading: () => <Skeleton rows={3} />,
});

/** Everything about one key, each fact with the word this browser earned for it. */
export function KeyDetail({ keyId }: { keyId: string }) {
  const trpc = useTRPC();
  const scope = useScope();
  const place = usePlace();
  const key = useQuery(trpc.key.get.queryOptions({ ...scope, keyId }));
  const record = key.data;
  const proof = useObjectProof(record ?? null);
  if (isNotThere(key.error)) return <NotThere what="key" list="All keys" href={place.at("keys")} />;
  if (key.error) return <ProblemNotice problem={problemOf(key.error)} />;
  if (!record) return <Skeleton rows={8} />;
  const algorithm = algorithmOf(record);
  const besides = typeBesides(record);
  return (
    <>
      <PageHeader
        title={record.label}
        badges={
          <>
            <StateBadge state={record.state} />
            <ProofBadge level={proof.level} code={proof.code} short={proof.level === "checked"} />
          </>
        }
        detail={
          <p className="flex flex-wrap items-baseline gap-x-1.5 [overflow-wrap:anywhere]">
            {algorithm ? <span className="font-mono text-sm">{algorithm}</span> : null}
            {besides ? <span>{besides}</span> : null} · {usageText(record.usage)} · {leavesText(record)} ·{" "}
            <Digest value={record.id} /> · group <strong className="font-semibold text-ink">{record.group}</strong>
            {record.alias ? (
              <>
                {" "}
                · <code className="font-mono text-sm">{record.alias}</code>
              </>
            ) : null}
          </p>
        }
        actions={<KeyActions record={record} />}
      />
      <WaitingOn subject={record.id} destroyDue={record.destroyDue} />
      <KeyLife record={record} />
      <div className="grid gap-4 lg:grid-cols-[5fr_4fr]">
        <KeyVersions record={record} />
        <KeyUsers record={record} />
        <KeyPeriods record={record} />
        <KeyNotes subject={record.id} />
        <KeyFacts record={record} />
        <KeyCopies inToken={record.inToken} />
        <KeyLog record={record} />
      </div>
      <KeySnippet record={record} />
    </>
  );
}
