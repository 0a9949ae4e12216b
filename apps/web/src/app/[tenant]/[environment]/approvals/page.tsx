import type { Metadata } from "next";
import { ApprovalInbox } from "@/features/approvals/approval-inbox.tsx";

export const metadata: Metadata = { title: "Approvals" };

/** What waits for an administrator, and what was decided. */
export default function ApprovalsPage() {
  return <ApprovalInbox />;
}
