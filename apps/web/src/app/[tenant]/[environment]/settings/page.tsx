import type { Metadata } from "next";
import { Settings } from "@/features/settings/settings.tsx";

export const metadata: Metadata = { title: "Settings" };

/** The account, its passkeys and sessions, the members, the rules. */
export default function SettingsPage() {
  return <Settings />;
}
