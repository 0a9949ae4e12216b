import type { Metadata } from "next";
import { AgentList } from "@/features/agents/agent-list.tsx";

export const metadata: Metadata = { title: "Key servers" };

/** The machines that hold the keys. */
export default function ServersPage() {
  return <AgentList />;
}
