import type { Metadata } from "next";
import { AddAgent } from "@/features/agents/add-agent.tsx";

export const metadata: Metadata = { title: "Add a key server" };

/** The token for a key server. */
export default function ServersNewPage() {
  return <AddAgent />;
}
