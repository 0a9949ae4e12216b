import type { Metadata } from "next";
import { ClientList } from "@/features/clients/client-list.tsx";

export const metadata: Metadata = { title: "Clients" };

/** The applications that use keys. */
export default function ClientsPage() {
  return <ClientList />;
}
