"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { OutcomeClaim } from "@/browser/prove/prove-outcome.ts";
import { codeOf } from "@/features/connection/problem-of.ts";
import { useTRPC, useTRPCClient } from "@/features/connection/trpc.ts";
import { useScope } from "@/features/environment/environment-context.tsx";
import type { ProofLevel } from "./proof-badge.tsx";
import { proofProblem } from "./proof-problem.ts";
import { useStanding } from "./use-standing.ts";

/** What this browser found of what a record says became of something. "reported": the log has no word on it. */
export interface OutcomeProof {
  readonly level: ProofLevel | "reported";
  readonly code?: string;
}

/** Proves that what a row says became of a command or change is what the log says. */
export function useOutcomeProof({ of, hash, status, entry }: OutcomeClaim): OutcomeProof {
  const client = useTRPCClient();
  const trpc = useTRPC();
  const queries = useQueryClient();
  const scope = useScope();
  const standing = useStanding();
  const ready = standing.level === "checked" || standing.level === "consistent";
  const claim = { of, hash, status, entry };
  const head = ready ? standing.head : { size: 0, root: null };
  const proof = useQuery({
    queryKey: ["entry-proof", scope.environmentId, "outcome", claim, head.root, standing.level],
    enabled: ready && (entry ?? -1) < head.size,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    // What was proved of another claim says nothing of this one.
    placeholderData: (before: OutcomeProof | undefined, earlier) =>
      JSON.stringify(earlier?.queryKey[3]) === JSON.stringify(claim) ? before : undefined,
    queryFn: async (): Promise<OutcomeProof> => {
      if (!ready) return { level: "not-checked" };
      const [{ proveOutcome }, { evidenceFrom }, { rowMoved }] = await Promise.all([
        import("@/browser/prove/prove-outcome.ts"),
        import("./evidence-from.ts"),
        import("./row-moved.ts"),
      ]);
      try {
        const proved = await proveOutcome(claim, standing, evidenceFrom(client, scope));
        return { level: proved === null ? "reported" : standing.level };
      } catch (error) {
        if (!proofProblem(error)) throw error;
        const code = codeOf(error);
        // The log may be newer than the row that is shown: then the row follows at once.
        if (code !== "P_OUTCOME" || !(await rowMoved(claim, client, scope))) return { level: "alarm", code };
        await queries.invalidateQueries({
          queryKey: of === "command" ? trpc.command.pathKey() : trpc.roster.pathKey(),
        });
        return { level: "checking" };
      }
    },
  });
  if (standing.level === "alarm") return { level: "alarm", code: standing.problem.code };
  return proof.data ?? { level: proof.isFetching || standing.level === "loading" ? "checking" : "reported" };
}
