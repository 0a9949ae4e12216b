import type { Metadata } from "next";
import { Stored } from "@/features/settings/stored.tsx";

export const metadata: Metadata = { title: "What we store about you" };

/** Everything that is stored, with export. */
export default function SettingsStoredPage() {
  return <Stored />;
}
