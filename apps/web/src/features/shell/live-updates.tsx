"use client";
import { useQueryClient } from "@tanstack/react-query";
import { useSubscription } from "@trpc/tanstack-react-query";
import { useTRPC } from "@/features/connection/trpc.ts";
import { useScope } from "@/features/environment/environment-context.tsx";

/** Listens to what happens on the server and refreshes what it touches; a page is never older than two seconds. */
export function LiveUpdates() {
  const trpc = useTRPC();
  const scope = useScope();
  const queries = useQueryClient();
  useSubscription(
    trpc.events.stream.subscriptionOptions(scope, {
      onData: (event) => {
        const { kind } = event.data;
        const touched = {
          log: [trpc.key, trpc.client, trpc.log, trpc.command, trpc.environment, trpc.roster],
          command: [trpc.command],
          agent: [trpc.agent, trpc.environment],
          roster: [trpc.environment, trpc.agent, trpc.roster, trpc.command],
          report: [trpc.report],
        }[kind];
        for (const router of touched) void queries.invalidateQueries({ queryKey: router.pathKey() });
        if (kind === "log" || kind === "roster")
          void queries.invalidateQueries({ queryKey: ["standing", scope.environmentId] });
      },
    }),
  );
  return null;
}
