import type { Metadata } from "next";
import { Reports } from "@/features/reports/reports.tsx";

export const metadata: Metadata = { title: "Reports" };

/** Custody reports, and how to verify them. */
export default function ReportsPage() {
  return <Reports />;
}
