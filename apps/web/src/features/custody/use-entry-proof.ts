"use client";
import { useQuery } from "@tanstack/react-query";
import type { ProvedEntry } from "@/browser/prove/prove-entry.ts";
import { codeOf } from "@/features/connection/problem-of.ts";
import { useTRPCClient } from "@/features/connection/trpc.ts";
import { useScope } from "@/features/environment/environment-context.tsx";
import type { ProofLevel } from "./proof-badge.tsx";
import { proofProblem } from "./proof-problem.ts";
import { type Standing, useStanding } from "./use-standing.ts";

export interface EntryProof {
  readonly level: ProofLevel;
  readonly code?: string;
  readonly proved?: ProvedEntry;
}

/** Proves one log entry in this browser: its bytes, its place in the signed log, its receipt and state. */
export function useEntryProof(n: number | null | undefined, enabled = true): EntryProof {
  const client = useTRPCClient();
  const scope = useScope();
  const standing = useStanding();
  const ready = standing.level === "checked" || standing.level === "consistent";
  const proof = useQuery({
    queryKey: entryProofKey(scope.environmentId, n, standing),
    enabled: enabled && ready && typeof n === "number" && n < (ready ? standing.head.size : 0),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: async (): Promise<EntryProof> => {
      if (!ready || typeof n !== "number") return { level: "not-checked" };
      const [{ proveEntry }, { evidenceFrom }] = await Promise.all([
        import("@/browser/prove/prove-entry.ts"),
        import("./evidence-from.ts"),
      ]);
      try {
        const proved = await proveEntry(n, standing, evidenceFrom(client, scope));
        return { level: standing.level, proved };
      } catch (error) {
        if (!proofProblem(error)) throw error;
        return { level: "alarm", code: codeOf(error) };
      }
    },
  });
  if (standing.level === "alarm") return { level: "alarm", code: standing.problem.code };
  return proof.data ?? { level: proof.isFetching ? "checking" : "not-checked" };
}

/** Where the proof of one entry under one head is kept. */
export function entryProofKey(environmentId: string, n: number | null | undefined, standing: Standing) {
  const ready = standing.level === "checked" || standing.level === "consistent";
  return ["entry-proof", environmentId, n, ready ? standing.head.root : null, standing.level] as const;
}
