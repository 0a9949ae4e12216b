"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Standing as ProvedStanding } from "@/browser/prove/prove-environment.ts";
import type { Problem } from "@/components/problem.tsx";
import { useTRPCClient } from "@/features/connection/trpc.ts";
import { useScope } from "@/features/environment/environment-context.tsx";
import { proofProblem } from "./proof-problem.ts";

/** How far this browser has checked the environment it shows. */
export type Standing =
  | { readonly level: "loading" | "unlinked" | "unreachable" }
  | ProvedStanding
  | { readonly level: "alarm"; readonly problem: Problem };

const UNLINKED_MS = 2_000;
const LINKED_MS = 60_000;

/** Verifies chain, checkpoint and pin in this browser, again whenever the log or the roster moves. */
export function useStanding(): Standing {
  const client = useTRPCClient();
  const scope = useScope();
  const standing = useQuery({
    queryKey: ["standing", scope.environmentId],
    staleTime: 20_000,
    refetchInterval: ({ state }) => (state.data?.level === "unlinked" ? UNLINKED_MS : LINKED_MS),
    retry: false,
    queryFn: async (): Promise<Standing> => {
      const [{ proveEnvironment }, { evidenceFrom }] = await Promise.all([
        import("@/browser/prove/prove-environment.ts"),
        import("./evidence-from.ts"),
      ]);
      const evidence = evidenceFrom(client, scope);
      try {
        return (await proveEnvironment(scope.environmentId, evidence)) ?? { level: "unlinked" };
      } catch (error) {
        const problem = proofProblem(error);
        if (!problem) throw error;
        return { level: "alarm", problem };
      }
    },
  });
  return standing.data ?? { level: standing.isError ? "unreachable" : "loading" };
}

/** Makes every page prove again, after a pin was written. */
export function useProveAgain(): () => Promise<void> {
  const queries = useQueryClient();
  const { environmentId } = useScope();
  return async () => {
    await queries.invalidateQueries({ queryKey: ["standing", environmentId] });
    await queries.invalidateQueries({ queryKey: ["entry-proof", environmentId] });
  };
}
