"use client";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Hidden } from "@/browser/prove/find-hidden.ts";
import { useTRPCClient } from "@/features/connection/trpc.ts";
import { useScope } from "@/features/environment/environment-context.tsx";
import { useStanding } from "./use-standing.ts";

const AGAIN_MS = 60_000;
/** An upload may have brought the record further than the signed head that was looked at. */
const SETTLES_MS = 2_000;
const NONE: readonly Hidden[] = [];

/** What waits its delay by the verified log, while the dashboard's record says something else of it. */
export function useHidden(): readonly Hidden[] {
  const client = useTRPCClient();
  const scope = useScope();
  const queries = useQueryClient();
  const standing = useStanding();
  const ready = standing.level === "checked" || standing.level === "consistent";
  const found = useQuery({
    queryKey: ["hidden", scope.environmentId, ready ? standing.head.root : null],
    enabled: ready,
    staleTime: AGAIN_MS / 2,
    refetchInterval: AGAIN_MS,
    placeholderData: (before: readonly Hidden[] | undefined) => before,
    queryFn: async () => {
      if (!ready) return NONE;
      const [{ findHidden }, { proveEnvironment }, { evidenceFrom }, { readRow }] = await Promise.all([
        import("@/browser/prove/find-hidden.ts"),
        import("@/browser/prove/prove-environment.ts"),
        import("./evidence-from.ts"),
        import("./row-moved.ts"),
      ]);
      const evidence = evidenceFrom(client, scope);
      const settled = queries.ensureQueryData({
        queryKey: ["settled", scope.environmentId],
        staleTime: Number.POSITIVE_INFINITY,
        queryFn: () => new Set<string>(),
      });
      const look = async (at: Pick<typeof standing, "tid" | "chain" | "head">) =>
        findHidden(at, evidence, async (about) => (await readRow(about, client, scope))?.status ?? null, await settled);
      if ((await look(standing)).length === 0) return NONE;
      await new Promise((resolve) => setTimeout(resolve, SETTLES_MS));
      return look((await proveEnvironment(scope.environmentId, evidence)) ?? standing);
    },
  });
  return found.data ?? NONE;
}
