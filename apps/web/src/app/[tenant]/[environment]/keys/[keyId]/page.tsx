import type { Metadata } from "next";
import { KeyDetail } from "@/features/keys/key-detail.tsx";

export const metadata: Metadata = { title: "Key" };

/** One key. */
export default async function KeyDetailPage({ params }: { params: Promise<{ keyId: string }> }) {
  const { keyId } = await params;
  return <KeyDetail keyId={keyId} />;
}
