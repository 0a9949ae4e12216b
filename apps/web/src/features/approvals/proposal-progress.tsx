"use client";
import { useQueries } from "@tanstack/react-query";
import { Badge } from "@/components/badge.tsx";
import { ProgressBars } from "@/components/progress-bars.tsx";
import { useTRPC } from "@/features/connection/trpc.ts";
import { useScope } from "@/features/environment/environment-context.tsx";
import { CommandOutcome } from "./command-outcome.tsx";
import { readCommand } from "./read-command.ts";

/** What becomes of proposed commands, live. */
export function ProposalProgress({ hashes }: { hashes: readonly string[] }) {
  const commands = useCommands(hashes);
  return (
    <ul className="divide-y rounded-lg border" aria-live="polite">
      {commands.map((command, index) => (
        <li key={hashes[index]} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 py-2.5">
          <span className="min-w-0 truncate">
            {command
              ? (readCommand(command.doc, command.hash)?.plain.title ?? "A request that does not fit its name")
              : "Request"}
          </span>
          {!command ? (
            <Badge>sending</Badge>
          ) : command.status === "open" ? (
            <span className="flex items-center gap-3">
              <span className="text-sm text-muted">
                {command.delivered ? "waiting for you" : "on its way to the key server"}
              </span>
              <ProgressBars have={command.have} need={command.need} />
            </span>
          ) : (
            <CommandOutcome command={command} />
          )}
        </li>
      ))}
    </ul>
  );
}

/** Whether all of some proposed commands are decided, and so nothing of them waits for anybody. */
export function useDecided(hashes: readonly string[]): boolean {
  const commands = useCommands(hashes);
  return hashes.length > 0 && commands.every((command) => command !== null && command.status !== "open");
}

/** The commands of some hashes, asked again while one is open. */
export function useCommands(hashes: readonly string[]) {
  const trpc = useTRPC();
  const scope = useScope();
  return useQueries({
    queries: hashes.map((hash) =>
      trpc.command.get.queryOptions(
        { ...scope, hash },
        { refetchInterval: (query) => (query.state.data && query.state.data.status !== "open" ? false : 2_000) },
      ),
    ),
    combine: (results) => results.map((result) => result.data ?? null),
  });
}
