"use client";
import { useQuery } from "@tanstack/react-query";
import type { ObjectClaim } from "@/browser/prove/prove-object.ts";
import { codeOf } from "@/features/connection/problem-of.ts";
import { useTRPCClient } from "@/features/connection/trpc.ts";
import { useScope } from "@/features/environment/environment-context.tsx";
import { proofProblem } from "./proof-problem.ts";
import type { EntryProof } from "./use-entry-proof.ts";
import { useStanding } from "./use-standing.ts";

/**
 * Proves that a key or client is what the page shows: its state and its names, by the entries that put them on record.
 *
 * A proved entry under a made-up row would be worth nothing, so every shown fact has to agree with the signed state.
 */
export function useObjectProof(claim: ObjectClaim | null): EntryProof {
  const client = useTRPCClient();
  const scope = useScope();
  const standing = useStanding();
  const ready = standing.level === "checked" || standing.level === "consistent";
  const proof = useQuery({
    queryKey: ["entry-proof", scope.environmentId, "object", claim, ready ? standing.head.root : null, standing.level],
    enabled: ready && claim !== null && claim.headLeaf < (ready ? standing.head.size : 0),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    placeholderData: (before: EntryProof | undefined) => before,
    queryFn: async (): Promise<EntryProof> => {
      if (!ready || claim === null) return { level: "not-checked" };
      const [{ proveObject }, { evidenceFrom }] = await Promise.all([
        import("@/browser/prove/prove-object.ts"),
        import("./evidence-from.ts"),
      ]);
      try {
        return { level: standing.level, proved: await proveObject(claim, standing, evidenceFrom(client, scope)) };
      } catch (error) {
        if (!proofProblem(error)) throw error;
        return { level: "alarm", code: codeOf(error) };
      }
    },
  });
  if (standing.level === "alarm") return { level: "alarm", code: standing.problem.code };
  return proof.data ?? { level: proof.isFetching ? "checking" : "not-checked" };
}
