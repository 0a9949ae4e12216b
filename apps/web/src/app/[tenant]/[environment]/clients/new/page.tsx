import type { Metadata } from "next";
import { AddClient } from "@/features/clients/add-client.tsx";

export const metadata: Metadata = { title: "Add a client" };

/** The form for a new client. */
export default function ClientsNewPage() {
  return <AddClient />;
}
