import type { Metadata } from "next";
import { LogExplorer } from "@/features/custody-log/log-explorer.tsx";

export const metadata: Metadata = { title: "Custody log" };

/** Everything that happened to keys and trust. */
export default function LogPage() {
  return <LogExplorer />;
}
