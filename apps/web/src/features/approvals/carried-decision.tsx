"use client";
import { findErrorText, HOSTED_COUNTS } from "@holdfast/protocol";
import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useEffect, useRef, useState } from "react";
import { Badge, type Tone } from "@/components/badge.tsx";
import { Notice } from "@/components/notice.tsx";
import { PageHeader } from "@/components/page-header.tsx";
import { Panel } from "@/components/panel.tsx";
import { ProblemNotice } from "@/components/problem.tsx";
import { Skeleton } from "@/components/skeleton.tsx";
import { leaveForSignIn } from "@/features/connection/leave-for-sign-in.ts";
import { codeOf, problemOf } from "@/features/connection/problem-of.ts";
import { useTRPC, useTRPCClient } from "@/features/connection/trpc.ts";
import { usePlace, useScope } from "@/features/environment/environment-context.tsx";
import { type BroughtApproval, forgetBrought, takeBrought } from "./brought-decision.ts";
import { useCommands } from "./proposal-progress.tsx";
import { readCommand } from "./read-command.ts";

/** What the hosted page brought back: it is carried to the key server, and what that says of it is shown. */
export function CarriedDecision() {
  const approval = useBrought();
  const client = useTRPCClient();
  const scope = useScope();
  const carry = useMutation({
    mutationFn: (given: BroughtApproval) =>
      client.command.carry.mutate({
        ...scope,
        approval: { ...given, decision: given.decision === 2 ? 2 : 1, list: [...given.list] },
      }),
    onSuccess: () => forgetBrought(),
    onError: (error) => {
      const code = codeOf(error);
      if (code === "UNAUTHORIZED") leaveForSignIn();
      else if (code !== "E_NETWORK") forgetBrought();
    },
  });
  const { mutate } = carry;
  const isSent = useRef(false);
  useEffect(() => {
    if (!approval || isSent.current) return;
    isSent.current = true;
    mutate(approval);
  }, [approval, mutate]);
  return (
    <>
      <PageHeader
        title="Decided at the hosted page"
        detail="We carry what you signed to your key server. It looks at the signature itself, and at what that page counts for."
      />
      {approval === null ? (
        <Notice tone="warning" title="This address brings no decision.">
          <p>It may have been cut, or was loaded again after it was carried. Open the request from Approvals.</p>
        </Notice>
      ) : null}
      {carry.error ? <ProblemNotice problem={problemOf(carry.error)} /> : null}
      {approval && carry.data ? <CarriedRows approval={approval} ids={carry.data.ids} /> : null}
      {approval === undefined || carry.isPending ? <Skeleton rows={2} /> : null}
      <WhereElse />
    </>
  );
}

/** What stands after the # of this address, read once and taken out of it, or was kept over signing in; undefined until it was looked at. */
function useBrought(): BroughtApproval | null | undefined {
  const [brought, setBrought] = useState<BroughtApproval | null | undefined>(undefined);
  useEffect(() => {
    const text = window.location.hash.slice(1);
    const found = takeBrought(text, window.location.pathname);
    setBrought((before) => before ?? found);
    if (text !== "") window.history.replaceState(window.history.state, "", window.location.pathname);
  }, []);
  return brought;
}

const ANSWERS: Readonly<Record<string, readonly [text: string, tone: Tone]>> = {
  applied: ["done", "good"],
  scheduled: ["approved, waits its delay", "warning"],
  pending: ["waits for others", "warning"],
  cancelled: ["stopped", "quiet"],
  expired: ["it ran out", "quiet"],
  refused: ["refused", "danger"],
};

function CarriedRows({ approval, ids }: { approval: BroughtApproval; ids: readonly string[] }) {
  const trpc = useTRPC();
  const scope = useScope();
  const place = usePlace();
  const carried = useQuery(
    trpc.command.carried.queryOptions(
      { ...scope, ids: [...ids] },
      {
        refetchInterval: ({ state }) =>
          state.data?.rows.every(({ outcome, over }) => outcome !== null || over) ? false : 1_000,
      },
    ),
  );
  const commands = useCommands(
    (carried.data?.rows ?? []).flatMap(({ hash, kind }) => (kind === "command" ? [hash] : [])),
  );
  if (carried.error) return <ProblemNotice problem={problemOf(carried.error)} />;
  const rows = approval.list.map((hash) => carried.data?.rows.find((row) => row.hash === hash) ?? null);
  return (
    <Panel label="What your key server says">
      <ul className="divide-y" aria-live="polite">
        {rows.map((row, index) => {
          const hash = approval.list[index] ?? "";
          const command = commands.find((one) => one?.hash === hash);
          const [text, tone] = ANSWERS[row?.outcome ?? ""] ?? onTheWay(row);
          return (
            <li key={hash} className="space-y-1 px-4 py-3">
              <p className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
                <Link
                  href={place.at(row?.kind === "change" ? "people" : `approvals/${hash}`)}
                  className="min-w-0 rounded font-medium hover:underline"
                >
                  {row?.kind === "change"
                    ? "A change of administrators and rules"
                    : ((command ? readCommand(command.doc, hash)?.plain.title : null) ?? "Request")}
                </Link>
                <Badge tone={tone}>{text}</Badge>
              </p>
              {row?.code && (row.outcome === "refused" || row.outcome === "pending") ? (
                <Refused code={row.code} />
              ) : null}
              {row?.over ? (
                <p className="text-muted">
                  Your key server did not answer within an hour, and it is offered no longer. See whether it is in
                  touch, then decide again from Approvals.
                </p>
              ) : null}
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

function onTheWay(row: { readonly taken: boolean; readonly over: boolean } | null): readonly [string, Tone] {
  if (row?.over) return ["did not arrive", "warning"];
  return [row?.taken ? "with your key server" : "on its way", "quiet"];
}

function Refused({ code }: { code: string }) {
  const text = findErrorText(code);
  return (
    <p className="text-muted">
      {text?.what ?? "Your key server did not take it."} {text?.next ?? ""}{" "}
      <span className="font-mono text-sm">{code}</span>
    </p>
  );
}

function WhereElse() {
  return (
    <p className="text-sm text-muted">
      What is decided there counts for {HOSTED_COUNTS}. Everything else takes your key server&apos;s own page: so that
      nobody else, we included, can fake an approval.
    </p>
  );
}
