"use client";
import type { ReactNode } from "react";
import { Age } from "@/components/moment.tsx";
import { showCount, showNumber } from "@/components/number-text.ts";
import { MISSING_FACTS } from "@/features/custody/posture.ts";
import { PostureBadge } from "@/features/custody/posture-badge.tsx";
import { ProofBadge } from "@/features/custody/proof-badge.tsx";
import { useStanding } from "@/features/custody/use-standing.ts";

/** The custody verdict in a sentence, no stronger than what was proved, and how fresh the proof is. */
export function Verdict({ total }: { total: number | null }): { sentence: string; detail: ReactNode } {
  const standing = useStanding();
  const proved = standing.level === "checked" || standing.level === "consistent";
  return {
    sentence: sentenceFor(standing.level === "loading" ? null : total, proved ? standing.agents.length : 0),
    detail: (
      <span className="flex flex-wrap items-center gap-x-2.5 gap-y-1.5">
        <ProofBadge
          level={
            proved
              ? standing.level
              : standing.level === "alarm"
                ? "alarm"
                : standing.level === "loading"
                  ? "checking"
                  : "not-checked"
          }
        />
        {total ? <PostureBadge /> : null}
        {proved ? (
          <span>
            Last checked <Age at={standing.provedAt} /> · log head{" "}
            <span className="tabular">{showNumber(standing.head.size)}</span>,{" "}
            {standing.witnesses.length
              ? `cosigned by ${showCount(standing.witnesses.length, "witness", "witnesses")}`
              : "no witness has cosigned it yet"}
          </span>
        ) : null}
        {total ? (
          <details className="w-full text-sm">
            <summary className="w-fit rounded">What is missing</summary>
            <ul className="mt-1 list-disc pl-5">
              {MISSING_FACTS.map((fact) => (
                <li key={fact}>{fact}</li>
              ))}
            </ul>
          </details>
        ) : null}
      </span>
    ),
  };
}

function sentenceFor(total: number | null, agents: number): string {
  if (total === null) return "Looking at your keys…";
  if (total === 0) return "No keys yet.";
  if (agents === 0) return `${showCount(total, "key")}, held where we cannot see yet.`;
  const where = agents === 1 ? "one key server of yours" : `${agents} key servers of yours`;
  return `${showCount(total, "key")}, ${agents === 1 && total > 1 ? "all " : ""}on ${where}.`;
}
