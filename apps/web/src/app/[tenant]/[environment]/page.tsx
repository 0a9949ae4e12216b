import type { Metadata } from "next";
import { Overview } from "@/features/overview/overview.tsx";

export const metadata: Metadata = { title: "Overview" };

/** What a person sees first: who can reach the keys, what ends, what waits. */
export default function OverviewPage() {
  return <Overview />;
}
