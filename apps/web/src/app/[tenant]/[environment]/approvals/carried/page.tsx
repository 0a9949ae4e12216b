import type { Metadata } from "next";
import { CarriedDecision } from "@/features/approvals/carried-decision.tsx";

export const metadata: Metadata = { title: "Decided at the hosted page" };

/** Where the hosted page sends people back to. */
export default function CarriedDecisionPage() {
  return <CarriedDecision />;
}
