import type { Metadata } from "next";
import { ClientDetail } from "@/features/clients/client-detail.tsx";

export const metadata: Metadata = { title: "Client" };

/** One client. */
export default async function ClientDetailPage({ params }: { params: Promise<{ clientId: string }> }) {
  const { clientId } = await params;
  return <ClientDetail clientId={clientId} />;
}
