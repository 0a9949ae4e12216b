import type { Metadata } from "next";
import { ApprovalDetail } from "@/features/approvals/approval-detail.tsx";

export const metadata: Metadata = { title: "Request" };

/** One request. */
export default async function ApprovalDetailPage({ params }: { params: Promise<{ hash: string }> }) {
  const { hash } = await params;
  return <ApprovalDetail hash={hash} />;
}
