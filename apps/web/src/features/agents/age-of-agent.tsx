"use client";
import { Age, useNow } from "@/components/moment.tsx";
import { SILENT_AFTER_SECONDS } from "./agent-troubles.ts";
import type { AgentRow } from "./use-agents.ts";

/** How old a key server's word is; a silent one stands out. */
export function AgeOfAgent({ agent }: { agent: AgentRow }) {
  const now = useNow();
  if (agent.lastSeenAt === null) return <span className="text-warning">never</span>;
  return (
    <span
      className={`whitespace-nowrap ${now - agent.lastSeenAt > SILENT_AFTER_SECONDS ? "text-warning" : "text-muted"}`}
    >
      <Age at={agent.lastSeenAt} />
    </span>
  );
}
