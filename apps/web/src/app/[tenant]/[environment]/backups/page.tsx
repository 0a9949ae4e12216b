import type { Metadata } from "next";
import { Backups } from "@/features/backups/backups.tsx";

export const metadata: Metadata = { title: "Backup & escrow" };

/** When and where backups are made, how they stand, and who opens them. */
export default function BackupsPage() {
  return <Backups />;
}
