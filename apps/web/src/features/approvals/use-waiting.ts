"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/features/connection/trpc.ts";
import { useScope } from "@/features/environment/environment-context.tsx";
import type { CommandRow } from "./command-row.ts";
import type { ReadCommand } from "./read-command.ts";

/** A command that something of an environment waits for, read from its own bytes. */
export interface WaitingCommand {
  readonly row: CommandRow;
  readonly read: ReadCommand;
}

const MOST = 100;
const NONE: readonly WaitingCommand[] = [];

/** Approved commands that wait their delay; on one key or client, or all. */
export function useScheduled(subject?: string): readonly WaitingCommand[] {
  return useStage("scheduled", subject);
}

/** Commands on one key or client that need approvals. */
export function useOpenOn(subject: string): readonly WaitingCommand[] {
  return useStage("open", subject);
}

/** Commands of one act that wait for approvals or for their delay. */
export function useWaitingAct(act: string): readonly WaitingCommand[] {
  return [...useStage("open", undefined), ...useStage("scheduled", undefined)].filter(
    ({ read }) => read.command.act === act,
  );
}

function useStage(status: "open" | "scheduled", subject: string | undefined): readonly WaitingCommand[] {
  const trpc = useTRPC();
  const scope = useScope();
  const listed = useQuery(trpc.command.list.queryOptions({ ...scope, status, subject, limit: MOST }));
  const rows = listed.data?.rows ?? [];
  const commands = useQuery({
    queryKey: ["read-commands", rows],
    enabled: rows.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
    queryFn: async () => {
      const { readCommand } = await import("./read-command.ts");
      return rows.flatMap((row): WaitingCommand[] => {
        const read = readCommand(row.doc, row.hash);
        return read && (subject === undefined || subjectOf(read) === subject) ? [{ row, read }] : [];
      });
    },
  });
  return rows.length > 0 ? (commands.data ?? NONE) : NONE;
}

/** The id of the key or client that a command is about; null for one about something else. */
export function subjectOf({ command: { target } }: ReadCommand): string | null {
  if (target === undefined) return null;
  return target.kind === "key" ? target.keyId : target.client;
}
