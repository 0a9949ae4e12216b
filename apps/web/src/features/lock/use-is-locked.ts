"use client";
import { useAgentList } from "@/features/agents/use-agents.ts";

/** Whether the environment takes no changes, by its key servers' word; null until it is known. */
export function useIsLocked(): boolean | null {
  const { rows, loading, problem } = useAgentList();
  return loading || problem ? null : rows.some(({ locked }) => locked);
}
