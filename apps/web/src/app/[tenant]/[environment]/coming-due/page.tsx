import type { Metadata } from "next";
import { ComingDue } from "@/features/overview/coming-due.tsx";

export const metadata: Metadata = { title: "Coming due" };

/** Everything that ends. */
export default function ComingDuePage() {
  return <ComingDue />;
}
