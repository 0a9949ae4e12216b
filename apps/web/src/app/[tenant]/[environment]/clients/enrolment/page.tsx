import type { Metadata } from "next";
import { AddPermit } from "@/features/clients/add-permit.tsx";

export const metadata: Metadata = { title: "Let machines enrol themselves" };

/** The form for a secret by which machines enrol themselves. */
export default function ClientsEnrolmentPage() {
  return <AddPermit />;
}
