import type { Metadata } from "next";
import { Backups } from "@/features/backups/backups.tsx";

export const metadata: Metadata = { title: "Backups" };

/** When and where backups are made, and how they stand. */
export default function BackupsPage() {
  return <Backups />;
}
