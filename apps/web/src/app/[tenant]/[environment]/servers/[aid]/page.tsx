import type { Metadata } from "next";
import { AgentDetail } from "@/features/agents/agent-detail.tsx";

export const metadata: Metadata = { title: "Key server" };

/** One key server. */
export default async function AgentDetailPage({ params }: { params: Promise<{ aid: string }> }) {
  const { aid } = await params;
  return <AgentDetail aid={aid} />;
}
