"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Draft, ProposalRequest } from "@/browser/propose/draft-commands.ts";
import { useTRPC, useTRPCClient } from "@/features/connection/trpc.ts";
import { useStanding } from "@/features/custody/use-standing.ts";
import { useScope } from "@/features/environment/environment-context.tsx";

/** Exact command bytes for what a person asked, fixed once; null until the environment is verified. */
export function useDrafts(requests: readonly ProposalRequest[], reason: string): Draft[] | null {
  const standing = useStanding();
  const ready = standing.level === "checked" || standing.level === "consistent";
  const drafts = useQuery({
    queryKey: ["drafts", JSON.stringify(requests), reason, ready ? standing.roster.hash : null],
    enabled: ready && requests.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    queryFn: async () => {
      if (!ready) return null;
      const { draftCommands } = await import("@/browser/propose/draft-commands.ts");
      return draftCommands(requests, { ...standing, reason, now: Math.floor(Date.now() / 1000) });
    },
  });
  if (drafts.error) throw drafts.error;
  return drafts.data ?? null;
}

/** Puts drafts into the key server's mailbox. */
export function usePropose() {
  const client = useTRPCClient();
  const trpc = useTRPC();
  const scope = useScope();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (drafts: readonly Draft[]) => {
      await client.command.propose.mutate({ ...scope, docs: drafts.map((draft) => draft.doc) });
      return drafts.map((draft) => draft.hash);
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: trpc.command.pathKey() }),
  });
}
